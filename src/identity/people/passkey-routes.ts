/** HTTP for coming in by a passkey. */
import { Closed, Ref, sendRefusal } from "../../http/index.ts";
import { isRefusal } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { NewPasskeyCredential, PasskeyCreation, PasskeyRequest, SignedPasskeyCredential } from "../passkeys/index.ts";
import { type Admit, whenceOf } from "./admit.ts";
import { askToSignIn, signInByPasskey } from "./passkey-sign-in.ts";
import { askToSignUp, signUpByPasskey } from "./passkey-sign-up.ts";
import { NewcomerBody, SessionDocument } from "./schemas.ts";

const tags = ["Identity"];
const config = { access: "public", ownPage: true } as const;
const SIGN_IN = "/api/v1/identity/sign-in/passkey";
const SIGN_UP = "/api/v1/identity/sign-up/passkey";

export const registerPasskeyDoors = (deps: IdentityDeps, admit: Admit): void => {
  registerSignIn(deps, admit);
  registerSignUp(deps, admit);
};

const registerSignIn = (deps: IdentityDeps, admit: Admit): void => {
  const { server } = deps;
  server.post(
    `${SIGN_IN}/challenge`,
    {
      config,
      schema: {
        summary: "Begin to sign in by a passkey: what the browser needs for signing; the same whoever asks",
        operationId: "signInPasskeyChallenge",
        tags,
        response: { 200: Ref(PasskeyRequest) },
      },
    },
    async (request, reply) => {
      reply.send(await askToSignIn(deps, server.addressOf(request.raw)));
    },
  );

  server.post(
    SIGN_IN,
    {
      config,
      schema: {
        summary: "Sign in by a passkey, which is both factors: sets the cookie of a new session",
        operationId: "signInByPasskey",
        tags,
        body: Closed({ credential: Ref(SignedPasskeyCredential) }),
        response: { 200: Ref(SessionDocument), ...errorResponses(["PASSKEY_REFUSED"]) },
      },
    },
    async (request, reply) => {
      await admit(request, reply, await signInByPasskey(deps, request.body.credential, whenceOf(request)));
    },
  );
};

const registerSignUp = (deps: IdentityDeps, admit: Admit): void => {
  const { server } = deps;
  server.post(
    `${SIGN_UP}/challenge`,
    {
      config,
      schema: {
        summary: "Begin to sign up by a passkey instead of a password: what the browser needs for making one",
        operationId: "signUpPasskeyChallenge",
        tags,
        body: NewcomerBody,
        response: { 200: Ref(PasskeyCreation), ...errorResponses(["LOGIN_TAKEN", "INVITE_REQUIRED", "FORBIDDEN"]) },
      },
    },
    async (request, reply) => {
      const { invite = null, ...given } = request.body;
      const outcome = await askToSignUp(deps, { ...given, invite, address: server.addressOf(request.raw) });
      if (isRefusal(outcome)) sendRefusal(reply, outcome);
      else reply.send(outcome);
    },
  );

  server.post(
    SIGN_UP,
    {
      config,
      schema: {
        summary: "Become whom the challenge was asked for, by a new passkey: sets the cookie of a session",
        operationId: "signUpByPasskey",
        tags,
        body: Closed({ credential: Ref(NewPasskeyCredential) }),
        response: {
          201: Ref(SessionDocument),
          ...errorResponses(["LOGIN_TAKEN", "INVITE_REQUIRED", "PASSKEY_REFUSED"]),
        },
      },
    },
    async (request, reply) => {
      await admit(request, reply, await signUpByPasskey(deps, request.body.credential, whenceOf(request)), 201);
    },
  );
};
