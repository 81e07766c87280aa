/** Whether a bank's answer to a challenge is its own: the challenge, signed with one of its keys that are valid now. */
import { parseToken, verifySignature } from "../../jws/index.ts";
import { type Directory, faultOfKey } from "../participants/index.ts";

export type Proven = {
  readonly directory: Pick<Directory, "byKid">;
  readonly participantGuid: string;
  readonly challenge: string;
  readonly answer: string;
};

export const answersChallenge = async ({ directory, participantGuid, challenge, answer }: Proven): Promise<boolean> => {
  const token = parseToken(answer.trim());
  if ("fault" in token) return false;
  const known = directory.byKid(token.kid);
  if (known === undefined || known.participant.guid !== participantGuid) return false;
  if (faultOfKey(known, Date.now()) !== null) return false;
  return (await verifySignature(token, known.key)) && token.payload.get("challenge") === challenge;
};
