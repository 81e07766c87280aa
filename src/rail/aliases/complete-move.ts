/** The clock's command: nobody objected, so the phone goes to the bank that asked for it. It acts once. */
import { type DeadlineResult, MET, NOT_DUE, unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { phones } from "../tables/index.ts";
import { openAlias } from "./alias.ts";

export type PhoneRef = { readonly hash: string };

export const completeMove = defineCommand<PhoneRef, DeadlineResult>()({
  name: "complete-move",
  refuses: [],
  needs: ({ hash }) => [phones.at(hash)],
  decide(state, { hash }, { now }) {
    const phone = state.get(phones.at(hash));
    if (phone === undefined) return unchanged(MET);
    const alias = openAlias(phone, phone, now);
    const { held } = alias;
    if (held === null) return unchanged(MET);
    if (now < held.until) return unchanged(NOT_DUE);
    const { participantGuid, account } = held;
    // Its consent stands beside the move that was asked for.
    alias.link({ participantGuid, account }, "moved", null);
    alias.notify(participantGuid, { linked: true });
    return { result: MET, writes: alias.writes(), events: [] };
  },
});
