/**
 * In the sandbox everybody tries the same numbers, so that how often one is searched for is counted for each bank: nobody's
 * trials use it up for another. In production a phone is somebody's, and the whole network counts as one.
 */
import type { Ref, State, Write } from "../../engine/index.ts";
import { DAY, type Instant } from "../../kernel/index.ts";
import { type Mode, trials } from "../tables/index.ts";
import type { Seeking } from "./search.ts";

export type Trying = {
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly phone: { readonly hash: string } | null;
  readonly mostADay: number;
};

export const trialNeeds = ({ participantGuid, mode, phone }: Trying): readonly Ref[] =>
  mode === "sandbox" && phone !== null ? [trials.at(participantGuid, phone.hash)] : [];

export type Trial = {
  readonly mostADay: Seeking["mostADay"];
  /** Once a search has begun for it. */
  writes(): readonly Write[];
};

export const trialOf = (state: State, { participantGuid, mode, phone, mostADay }: Trying, now: Instant): Trial => {
  if (mode === "production" || phone === null) return { mostADay, writes: () => [] };
  const before = state.get(trials.at(participantGuid, phone.hash));
  const day = Math.floor(now / DAY);
  const searches = before?.day === day ? before.searches : 0;
  const row = { participantGuid, phoneHash: phone.hash, day, searches: searches + 1 };
  return {
    mostADay: searches < mostADay ? null : 0,
    writes: () => [before === undefined ? trials.insert(row) : trials.update(row)],
  };
};
