/** The sections as a bar shows them: which the reader has, which one is open, and what waits in each. */
import { useRouterState } from "@tanstack/react-router";
import { useMe } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../ui/text.tsx";
import { isIn, SECTIONS, type Section } from "./sections.ts";

export type ShownSection = {
  readonly to: Section["to"];
  readonly icon: Section["icon"];
  readonly word: string;
  /** For `aria-current`. */
  readonly current: "page" | undefined;
  /** How many wait there, and in words. */
  readonly waiting: { readonly n: number; readonly label: string };
};

/** @param has of the sections that the reader may see, those that this bar has; without it, all */
export const useSections = (has: (section: Section) => boolean = () => true): readonly ShownSection[] => {
  const text = useText();
  const session = useSession();
  const { data: me } = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const counts = { orders: me?.your_turn.length ?? 0, chats: me?.unread_total ?? 0 };
  return SECTIONS.filter((section) => (!section.personal || session.state === "person") && has(section)).map(
    (section) => {
      const n = section.count === undefined ? 0 : counts[section.count];
      return {
        to: section.to,
        icon: section.icon,
        word: section.word(text),
        current: isIn(section, path) ? "page" : undefined,
        waiting: { n, label: section.count === "chats" ? text.common.unread({ n }) : text.frame.yourTurn },
      };
    },
  );
};
