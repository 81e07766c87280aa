/** For tests that are not about how long something takes: only what hangs takes so long, however busy the machine is. */
import type { AppPatience } from "../../src/app.ts";

const MINUTE = 60_000;

export const PATIENT: AppPatience = {
  lockMs: MINUTE,
  statementMs: 2 * MINUTE,
  idleMs: MINUTE,
  roundMs: 3 * MINUTE,
  connectMs: MINUTE,
  routeMs: MINUTE,
  deadlineMs: 3 * MINUTE,
  readMs: MINUTE,
  marketReadMs: MINUTE,
};
