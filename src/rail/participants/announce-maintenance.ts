/**
 * A bank says when it will not answer. It is a bank's own business, within bounds: money that is sent to its clients waits as
 * long, and every node reads the directory anew with each change.
 */
import { unchanged } from "../../engine/index.ts";
import { DAY, type Instant, type Refusal, refuse, SECOND } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { invalid } from "../errors.ts";
import { participants, quotas, type Window } from "../tables/index.ts";
import { changed, recordAct } from "./operator-acts.ts";
import { isSameWindows } from "./windows.ts";

export const MAINTENANCE = {
  /** Announced at once. */
  windows: 10,
  /** All of them together: money waits no longer than a search does. */
  longestMs: DAY,
  aheadMs: 90 * DAY,
  /** Between two changes. */
  everyMs: 10 * SECOND,
} as const;

/** @property windows in their order; none overlaps another */
export type AnnounceMaintenance = { readonly participantGuid: string; readonly windows: readonly Window[] };
export type Announced = Pick<AnnounceMaintenance, "windows">;

export const announceMaintenance = defineCommand<AnnounceMaintenance, Announced>()({
  name: "announce-maintenance",
  refuses: ["INVALID_REQUEST", "RATE_LIMITED"],
  needs: ({ participantGuid }) => [quotas.at(participantGuid), participants.at(participantGuid)],
  decide(state, { participantGuid, windows }, { now }) {
    const bank = state.need(participants.at(participantGuid));
    if (isSameWindows(bank.maintenance, windows)) return unchanged({ windows });
    const fault = faultOf(windows, now) ?? tooSoon(bank.maintenanceSetAt, now);
    if (fault !== null) return fault;
    return {
      result: { windows },
      writes: [
        participants.update({ ...bank, maintenance: windows, maintenanceSetAt: now }),
        recordAct(participantGuid, participantGuid, { name: "maintenance_announced", details: { windows }, at: now }),
      ],
      events: changed(participantGuid),
    };
  },
});

const faultOf = (windows: readonly Window[], now: Instant): Refusal<"INVALID_REQUEST"> | null => {
  const length = windows.reduce((sum, { from, until }) => sum + until - from, 0);
  const ordered = windows.every(({ from, until }, index) => from < until && from >= (windows[index - 1]?.until ?? 0));
  const ahead = windows.every(({ until }) => until > now && until <= now + MAINTENANCE.aheadMs);
  return ordered && ahead && length <= MAINTENANCE.longestMs ? null : invalid("windows");
};

const tooSoon = (before: Instant | null, now: Instant): Refusal<"RATE_LIMITED"> | null => {
  const wait = before === null ? 0 : before + MAINTENANCE.everyMs - now;
  return wait <= 0 ? null : refuse("RATE_LIMITED", { retry_after_seconds: Math.ceil(wait / SECOND) });
};
