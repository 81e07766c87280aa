/** HTTP for coming in and going out. */
import { Type } from "typebox";
import { Choice, Closed, clearSessionCookie, Ref } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import { DEMO_IDS, type IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { createAdmit, leave, whenceOf } from "./admit.ts";
import { signInAsDemo } from "./demo.ts";
import { registerPasskeyDoors } from "./passkey-routes.ts";
import { CompleteSignInBody, SessionDocument, SignInBody, SignUpBody } from "./schemas.ts";
import { completeSignIn, signIn } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";
import { describeSession } from "./who.ts";

const tags = ["Identity"];
export const registerPeopleRoutes = (deps: IdentityDeps): void => {
  const { server, settings, sessions } = deps;
  const admit = createAdmit(deps);
  const config = { access: "public", ownPage: true } as const;

  server.get(
    "/api/v1/identity/session",
    {
      config: { access: "public" },
      schema: {
        summary: "Who calls, and what this installation offers; also for visitors",
        operationId: "getIdentitySession",
        tags,
        response: { 200: Ref(SessionDocument) },
      },
    },
    (request) => describeSession(deps, request.caller, sessions.secretOf(request)),
  );
  if (!settings.accounts) return;
  registerPasskeyDoors(deps, admit);

  server.post(
    "/api/v1/identity/sign-up",
    {
      config,
      schema: {
        summary: "Become somebody here: sets the cookie of a session",
        operationId: "signUp",
        tags,
        body: SignUpBody,
        response: {
          201: Ref(SessionDocument),
          ...errorResponses(["LOGIN_TAKEN", "INVITE_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      const { invite = null, ...given } = request.body;
      await admit(request, reply, await signUp(deps, { ...given, invite, ...whenceOf(request) }), 201);
    },
  );

  server.post(
    "/api/v1/identity/sign-in",
    {
      config,
      schema: {
        summary: "Sign in: sets the cookie of a new session, or of half a one where the second factor is on",
        operationId: "signIn",
        tags,
        body: SignInBody,
        response: { 200: Ref(SessionDocument), ...errorResponses(["SIGN_IN_FAILED"]) },
      },
    },
    async (request, reply) => {
      await admit(request, reply, await signIn(deps, { ...request.body, ...whenceOf(request) }));
    },
  );

  server.post(
    "/api/v1/identity/sign-in/second-factor",
    {
      config,
      schema: {
        summary: "Give the second factor of a sign-in: sets the cookie of a new session",
        operationId: "completeSignIn",
        tags,
        body: CompleteSignInBody,
        response: { 200: Ref(SessionDocument), ...errorResponses(["CODE_REFUSED", "SIGN_IN_OVER"]) },
      },
    },
    async (request, reply) => {
      const half = sessions.secretOf(request);
      await admit(request, reply, await completeSignIn(deps, { ...request.body, half, ...whenceOf(request) }));
    },
  );

  server.post(
    "/api/v1/identity/sign-out",
    {
      config,
      schema: {
        summary: "Sign out: ends the session everywhere, its streams too, and takes the cookie away",
        operationId: "signOut",
        tags,
        response: { 204: Type.Null({ description: "done" }) },
      },
    },
    async (request, reply) => {
      await leave(deps, request);
      clearSessionCookie(reply, sessions.cookie).code(204).send();
    },
  );

  const people = new Map(settings.demoPeople.map((person) => [person.id, person]));
  if (people.size === 0) return;
  server.post(
    "/api/v1/identity/demo",
    {
      config,
      schema: {
        summary: "In the demo alone: be one of its people, by one click",
        operationId: "signInAsDemo",
        tags,
        body: Closed({ person: Choice(DEMO_IDS) }),
        response: { 200: Ref(SessionDocument) },
      },
    },
    async (request, reply) => {
      const person = people.get(request.body.person);
      const outcome = person === undefined ? refuse("FORBIDDEN") : await signInAsDemo(deps, person, whenceOf(request));
      await admit(request, reply, outcome);
    },
  );
};
