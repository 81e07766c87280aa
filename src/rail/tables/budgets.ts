/** Budgets against scanning; a participant's own is the gate of whatever it writes. */
import { column, defineTable, type RowOf, type RowOfColumns } from "../../engine/index.ts";

/** A budget's level; see `budgets/`. */
const level = {
  /** In milliseconds of refilling, so that it stays an integer. */
  units: column.integer(),
  refilledAt: column.instant(),
};
export type Level = RowOfColumns<typeof level>;

/** The gate of whatever a participant writes, with its own budget. */
export const quotas = defineTable({
  name: "rail.quotas",
  key: ["participantGuid"],
  fixed: { participantGuid: column.text() },
  changing: level,
});
export type Quota = RowOf<typeof quotas>;

/** How often a bank of the sandbox has had a phone searched for on a day. */
export const trials = defineTable({
  name: "rail.trials",
  key: ["participantGuid", "phoneHash"],
  fixed: { participantGuid: column.text(), phoneHash: column.text() },
  changing: {
    /** Since 1970. */
    day: column.integer(),
    searches: column.integer(),
  },
  guardedBy: ({ participantGuid }) => [quotas.at(participantGuid)],
});

/** A payer's account across the whole network. */
export const payers = defineTable({
  name: "rail.payers",
  key: ["id"],
  fixed: {
    /** Its world and the account. */
    id: column.text(),
  },
  changing: level,
});
export type Payer = RowOf<typeof payers>;
