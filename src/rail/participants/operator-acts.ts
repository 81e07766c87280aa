/** What the commands on participants share: who may act, the record of each act, and the rules for URLs and codes. */
import type { Event, Write } from "../../engine/index.ts";
import { type Instant, type Refusal, refuse } from "../../kernel/index.ts";
import { DIRECTORY, event } from "../events.ts";
import { bankCodes, type Mode, type Participant, participantActs } from "../tables/index.ts";

/** @property production whether participants in production are theirs to install */
export type Operator = { readonly id: string; readonly production: boolean };

/** Of every command on a participant that is there. */
export const OWN_REFUSALS = ["PARTICIPANT_NOT_FOUND", "PRODUCTION_NEEDS_RAIL_OPERATOR"] as const;

/** An operator of disputes may not install banks' keys in production. */
export const faultOfMode = (mode: Mode, { production }: Operator): Refusal<"PRODUCTION_NEEDS_RAIL_OPERATOR"> | null =>
  mode === "production" && !production ? refuse("PRODUCTION_NEEDS_RAIL_OPERATOR") : null;

/** A member of the request's body that does not fit the present state. */
export const unfit = (pointer: string, message: string): Refusal<"VALIDATION_ERROR"> =>
  refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer, message }] });

/** Makes every node read the directory again. */
export const changed = (guid: string): readonly Event[] => [event("directory", [DIRECTORY], { guid })];

/** @param details what changed; neither secrets nor challenges */
export const recordAct = (participantGuid: string, operatorId: string, act: Act): Write =>
  participantActs.append({ participantGuid, operatorId, act: act.name, details: act.details, at: act.at });

type Act = { readonly name: string; readonly details: object; readonly at: Instant };

export const codeRefs = (mode: Mode, codes: readonly string[]) => codes.map((code) => bankCodes.at(mode, code));

const MAX_URL = 2_000;

/**
 * Where we send a bank's callbacks and its clients. http is for a sandbox on somebody's own machine; a password would be
 * in every log on the way, and a fragment is never sent.
 */
export const faultOfUrl = (
  pointer: string,
  url: string | null | undefined,
  mode: Mode,
): Refusal<"VALIDATION_ERROR"> | null => {
  if (url === null || url === undefined) return null;
  const parsed = url.length <= MAX_URL && URL.canParse(url) ? new URL(url) : null;
  const secure = parsed?.protocol === "https:" || (mode === "sandbox" && parsed?.protocol === "http:");
  const plain = parsed?.username === "" && parsed.password === "" && !url.includes("#");
  if (parsed !== null && secure && plain) return null;
  const protocols = mode === "sandbox" ? "https or http" : "https";
  return unfit(pointer, `must be ${protocols}, without user and fragment, and at most ${MAX_URL} characters long`);
};

/** What a callback URL that was set or changed means. Anybody's address may be written down; answering is a proof. */
export const callbackSet = (mode: Mode, callbackUrl: string | null, challenge: string) =>
  ({
    callbackUrl,
    callbackProvenAt: null,
    challenge: mode === "production" && callbackUrl !== null ? challenge : null,
  }) satisfies Partial<Participant>;
