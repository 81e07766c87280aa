/** The clock's command: nobody objected, and the phone goes to the bank that waited for it. It acts once. */
import { defineCommandsWith, unchanged } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { NOT_DUE } from "../orders/index.ts";
import { phones } from "../tables/index.ts";
import { openAlias } from "./alias.ts";

export type PhoneRef = { readonly hash: string };

export const completeMove = defineCommandsWith<typeof NOT_DUE>()<PhoneRef, null>()({
  name: "complete-move",
  refuses: [NOT_DUE],
  needs: ({ hash }) => [phones.at(hash)],
  decide(state, { hash }, { now }) {
    const phone = state.get(phones.at(hash));
    if (phone === undefined) return unchanged(null);
    const alias = openAlias(phone, phone, now);
    const { held } = alias;
    if (held === null) return unchanged(null);
    if (now < held.until) return refuse(NOT_DUE);
    const { participantGuid, account } = held;
    // Its consent stands beside the move that was asked for.
    alias.link({ participantGuid, account }, "moved", null);
    alias.notify(participantGuid, { linked: true });
    return { result: null, writes: alias.writes(), events: [] };
  },
});
