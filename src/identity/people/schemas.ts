/** What the routes take and answer. */
import { Type } from "typebox";
import { Choice, Closed, Nullable, ROLES, Text } from "../../http/index.ts";
import { DEMO_IDS, DEMO_PARTS, SIGN_UP_MODES } from "../deps.ts";
import { Code } from "../factors/index.ts";
import { MAX_PASSWORD, MIN_PASSWORD } from "../passwords/index.ts";
import { LOGIN_PATTERN, MAX_LOGIN } from "./logins.ts";

/** As long as a token's. */
const MAX_NAME = 64;
const MAX_CODE = 64;

const Time = (description: string) => Type.String({ format: "date-time", description });

export const NewPassword = Text({
  minLength: MIN_PASSWORD,
  maxLength: MAX_PASSWORD,
  description: `${MIN_PASSWORD} to ${MAX_PASSWORD} characters, and none of the usual ones`,
});

/** Of whoever signs up, by whatever. */
const NEWCOMER = {
  name: Text({ minLength: 1, maxLength: MAX_NAME, format: "line", description: "as others see it" }),
  login: Text({
    maxLength: MAX_LOGIN,
    pattern: LOGIN_PATTERN,
    description: "an e-mail address, or 3 to 32 of a-z, 0-9, `_`, `.` and `-`; capital letters make no other login",
  }),
  invite: Type.Optional(Text({ minLength: 1, maxLength: MAX_CODE, description: "where `sign_up` is `invite`" })),
};
export const NewcomerBody = Closed(NEWCOMER);
export const SignUpBody = Closed({ ...NEWCOMER, password: NewPassword });

export const SignInBody = Closed({
  login: Text({ minLength: 1, maxLength: MAX_LOGIN }),
  password: Text({ minLength: 1, maxLength: MAX_PASSWORD }),
});

export const CompleteSignInBody = Closed({ code: Code });

export const SessionDocument = Closed(
  {
    person: Nullable(
      Closed({
        id: Type.String({ description: "the public user id" }),
        name: Nullable(Type.String({ description: "as others see it; null: as none" })),
        login: Nullable(Type.String({ description: "null: somebody of a host platform's, or of the demo" })),
        has_password: Type.Boolean({
          description: "false: by a passkey, on a host platform, or by a click in the demo",
        }),
        roles: Type.Array(Choice(ROLES)),
        second_factor: Closed({ enabled: Type.Boolean() }),
        stepped_up_until: Nullable(Time("until then nothing asks for the second factor")),
        session_id: Nullable(Type.String({ description: "null: a caller by token" })),
        expires_at: Time("then the session or the token is over"),
      }),
    ),
    half_signed_in: Nullable(
      Closed(
        { until: Time("then it is over") },
        { description: "a sign-in that waits for the second factor: the caller is nobody until it is given" },
      ),
    ),
    accounts: Type.Boolean({
      description: "whether people sign in here; else they come with a host platform's tokens",
    }),
    passkeys: Type.Boolean({
      description: "whether browsers make passkeys for this address: they bind them to a name, and not to digits",
    }),
    recovery_mail: Type.Boolean({ description: "whether a link for a new password may be asked for by mail" }),
    sign_up: Choice(SIGN_UP_MODES, { description: "who may sign up" }),
    demo: Type.Array(Closed({ person: Choice(DEMO_IDS), name: Type.String(), part: Choice(DEMO_PARTS) }), {
      description: "whom everybody may be by a click; empty where there is real money",
    }),
    demo_traders: Type.Array(Type.String(), {
      description: "ids of traders whom a program plays: they answer within seconds; empty where there is real money",
    }),
    server_time: Time("now"),
  },
  { $id: "SessionDocument", description: "Who calls, and what this installation offers." },
);
