/**
 * The one client of the app. In the app it calls with the session's cookie; embedded, with the token of the host. An act that
 * needs the second factor first asks for it, and is repeated.
 */
import { type Client, type Result, unwrap } from "@parley/client";
import { plain, takeAhead } from "./ahead.ts";
import { askForProof, type Need } from "./proof.ts";
import { keys, queryClient } from "./query.ts";
import type { ServerFailure, SignedPasskeyCredential } from "./types.ts";

/** A step-up gives the session another cookie: what was sent with the one before is refused, and is sent again. */
let renewals = 0;
let renewing: Promise<unknown> | null = null;

export type Proof =
  | { readonly code: string }
  | { readonly password: string }
  | { readonly passkey: SignedPasskeyCredential };

/** Gives the second factor, or the password, for what asks for it. By a passkey: `stepUpByPasskey` of `passkeys.ts`. */
export const giveProof = async (proof: Proof): Promise<Result<unknown, ServerFailure>> => {
  const sent = plain.post("/identity/step-up", { body: proof });
  renewing = sent;
  const result = await sent;
  renewing = null;
  if (result.ok) {
    renewals++;
    void queryClient.invalidateQueries({ queryKey: keys.session });
  }
  return result;
};

type Answer = Result<unknown, { readonly code: string; readonly details?: unknown }>;
type Call = (...call: readonly unknown[]) => Promise<Answer>;

const needOf = (answer: Answer): Need | null => {
  if (answer.ok || answer.error.code !== "SECOND_FACTOR_REQUIRED") return null;
  const needs: unknown = Reflect.get(Object(answer.error.details), "needs");
  return needs === "factor" || needs === "password" ? needs : null;
};

const sendAgain = async (call: Call, given: readonly unknown[]): Promise<Answer> => {
  const before = renewals;
  const answer = await call(...given);
  const isRenewed = renewing !== null || renewals !== before;
  if (answer.ok || answer.error.code !== "UNAUTHORIZED" || !isRenewed) return answer;
  await renewing;
  return call(...given);
};

/** The one place where a call's type is put aside: whatever it is, it is made again as it was. */
const persistent = <Method extends Client["get" | "post" | "put" | "patch" | "delete"]>(method: Method): Method => {
  const call = method as unknown as Call;
  const persist: Call = async (...given) => {
    const answer = await sendAgain(call, given);
    const need = needOf(answer);
    return need !== null && (await askForProof(need)) ? sendAgain(call, given) : answer;
  };
  return persist as unknown as Method;
};

export const api: Client = {
  ...plain,
  get: persistent(takeAhead),
  post: persistent(plain.post),
  put: persistent(plain.put),
  patch: persistent(plain.patch),
  delete: persistent(plain.delete),
};

/** For queries: the answer, or the refusal thrown, which the page puts into words. */
export const ask = async <Answer>(call: Promise<Result<Answer, ServerFailure>>): Promise<Answer> => unwrap(await call);
