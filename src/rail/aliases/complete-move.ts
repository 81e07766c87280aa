/** The clock's command: nobody objected, and the phone goes to the bank that waited for it. It acts once. */
import type { Command } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { NOT_DUE } from "../orders/index.ts";
import { phones } from "../tables/index.ts";
import { openAlias } from "./alias.ts";

export type PhoneRef = { readonly hash: string };

const NOTHING = { result: null, writes: [], events: [] };

export const completeMove: Command<PhoneRef, null> = {
  name: "complete-move",
  needs: ({ hash }) => [phones.at(hash)],
  decide(state, { hash }, { now }) {
    const phone = state.get(phones.at(hash));
    if (phone === undefined) return NOTHING;
    const alias = openAlias(phone, phone, now);
    const { held } = alias;
    if (held === null) return NOTHING;
    if (now < held.until) return refuse(NOT_DUE);
    const { participantGuid, account } = held;
    // Its consent stands beside the move that was asked for.
    alias.link({ participantGuid, account }, "moved", null);
    alias.notify(participantGuid, { linked: true });
    return { ...NOTHING, writes: alias.writes() };
  },
};
