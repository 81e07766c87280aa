/**
 * Whether a bank answers when it is asked for receivers. One that failed several asks in a row is left alone for a while,
 * and then tried once: a bank that is down costs an order its time only now and then.
 */
import type { Event, State, Write } from "../../engine/index.ts";
import { after, type Instant } from "../../kernel/index.ts";
import { DIRECTORY, event } from "../events.ts";
import { LIMITS } from "../settings.ts";
import { type Reach, reach } from "../tables/index.ts";
import type { Choose } from "./search.ts";

export type Candidates = {
  /** Banks that may be asked for the receiver. */
  readonly candidates: readonly string[];
  /** Of them, those that failed of late: their rows tell whether they are tried again. */
  readonly doubtful: readonly string[];
};

export const reachNeeds = ({ doubtful }: Candidates) => doubtful.map((bank) => reach.at(bank));

/** Of those in doubt, the ones whose time has come: from here on nobody else tries them for as long. */
export const chooseFrom =
  (state: State, { candidates, doubtful }: Candidates, now: Instant): Choose =>
  (asked) => {
    const free = candidates.filter((bank) => !asked.includes(bank));
    const tried = free.flatMap((bank) => {
      const row = doubtful.includes(bank) ? state.get(reach.at(bank)) : undefined;
      return row === undefined || row.closedUntil === null || row.closedUntil <= now ? [{ bank, row }] : [];
    });
    return {
      banks: tried.map(({ bank }) => bank),
      writes: tried.flatMap(({ row }) =>
        row === undefined || row.closedUntil === null ? [] : [reach.update({ ...row, closedUntil: closing(now) })],
      ),
    };
  };

const closing = (now: Instant): Instant => after(now, LIMITS.unreachableMs);

export type ReachChange = { readonly writes: readonly Write[]; readonly events: readonly Event[] };
const SAME: ReachChange = { writes: [], events: [] };

/** The bank was silent when it was asked. Every node hears of it when it is not asked any more. */
export const hasFailed = (state: State, bank: string, now: Instant): ReachChange => {
  const row = state.get(reach.at(bank));
  const failures = (row?.failures ?? 0) + 1;
  const closed = failures >= LIMITS.failuresInARow;
  const next: Reach = { participantGuid: bank, failures, closedUntil: closed ? closing(now) : null };
  return {
    writes: [row === undefined ? reach.insert(next) : reach.update(next)],
    events: closed && (row?.closedUntil ?? null) === null ? turned(bank) : [],
  };
};

/** The bank has answered. */
export const hasAnswered = (state: State, bank: string): ReachChange => {
  const row = state.get(reach.at(bank));
  if (row === undefined || row.failures === 0) return SAME;
  return {
    writes: [reach.update({ ...row, failures: 0, closedUntil: null })],
    events: row.closedUntil === null ? [] : turned(bank),
  };
};

const turned = (bank: string): readonly Event[] => [event("directory", [DIRECTORY], { guid: bank })];
