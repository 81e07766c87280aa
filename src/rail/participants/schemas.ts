/** Schemas of participants and keys: what operators send, and what they are shown. */
import { Type } from "typebox";
import { Choice, Closed, Nullable, Ref, Text } from "../../http/index.ts";
import { LIMITS } from "../settings.ts";

/** Of a bank's name, as a payer reads it in a list of banks. */
const MAX_NAME = 100;
/** More than `faultOfUrl` accepts, so that its message is the one that an operator gets. */
const LONGEST_URL_READ = 4_096;

const Guid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const Name = Text({ minLength: 1, maxLength: MAX_NAME });
const Codes = Type.Array(Type.String({ pattern: "^[0-9]{6}$" }), {
  minItems: 1,
  maxItems: LIMITS.maxBankCodes,
  uniqueItems: true,
  description: "the six digits inside its accounts",
});
const Url = (description: string) => Nullable(Text({ minLength: 1, maxLength: LONGEST_URL_READ, description }));
const CallbackUrl = Url("where we post callbacks; in production it is used once it has answered a signed challenge");
const DeeplinkUrl = Url("where a payer of this bank is sent from a link order's page");
const Profile = Choice(["compat", "strong"], { description: "how its requests are signed" });
export const ModeChoice = Choice(["sandbox", "production"], { description: "two worlds that never meet" });
const ReceiverSearch = Type.Boolean({ description: "whether it is asked for receivers that nobody has linked" });
const Seconds = (description: string) =>
  Type.Integer({ minimum: 0, maximum: 253_402_300_799, description: `${description}, in seconds since 1970` });

export const CreateBody = Closed({
  name: Name,
  mode: ModeChoice,
  bank_codes: Codes,
  callback_url: Type.Optional(CallbackUrl),
  deeplink_url: Type.Optional(DeeplinkUrl),
  profile: Type.Optional(Profile),
  receiver_search: Type.Optional(ReceiverSearch),
});

export const EditBody = Closed({
  name: Type.Optional(Name),
  bank_codes: Type.Optional(Codes),
  callback_url: Type.Optional(CallbackUrl),
  deeplink_url: Type.Optional(DeeplinkUrl),
  profile: Type.Optional(Profile),
  receiver_search: Type.Optional(ReceiverSearch),
  state: Type.Optional(Choice(["active", "suspended"])),
});

/** The key itself is validated by its parser, whose faults are sentences. */
export const KeyBody = Type.Object(
  { nbf: Type.Optional(Seconds("not valid before")), exp: Type.Optional(Seconds("not valid from then on")) },
  {
    additionalProperties: true,
    description: "a public JWK with `alg` and `kid`, beside it `nbf` and `exp`; `use` is `sig`, or `enc`",
  },
);

export const RegisteredKeyComponent = Closed(
  {
    kid: Type.String(),
    use: Choice(["sig", "enc"], { description: "for its signatures, or for what is encrypted for it" }),
    alg: Type.String(),
    nbf: Nullable(Type.Integer()),
    exp: Nullable(Type.Integer()),
    created_at: Time,
    revoked_at: Nullable(Time),
  },
  { $id: "RegisteredKey", description: "a bank's public key" },
);

export const WindowComponent = Closed({
  from: Time,
  until: Type.String({ format: "date-time", description: "not part of it" }),
});

export const ParticipantComponent = Closed(
  {
    guid: Guid,
    name: Type.String(),
    mode: ModeChoice,
    profile: Profile,
    state: Choice(["active", "suspended"]),
    bank_codes: Type.Array(Type.String()),
    callback_url: Nullable(Type.String()),
    callback_proven_at: Nullable(Time),
    deeplink_url: Nullable(Type.String()),
    receiver_search: Type.Boolean(),
    reachable: Type.Boolean({
      description: "false: it left five asks for a receiver in a row unanswered, and is tried once a minute",
    }),
    maintenance: Type.Array(WindowComponent, {
      description: "when it will not answer, by its own word: it is not asked meanwhile, and callbacks wait",
    }),
    created_at: Time,
    keys: Type.Array(Ref(RegisteredKeyComponent)),
  },
  { $id: "Participant", description: "a bank that takes part in the rail" },
);

export const GuidParams = Closed({ guid: Guid });
export const KidParams = Closed({ guid: Guid, kid: Type.String() });
