/** The sections at the foot of a phone, each a place for the thumb, with what waits there as a number. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useMe } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./BottomBar.module.css";
import { isIn, SECTIONS } from "./sections.ts";

export const BottomBar = () => {
  const text = useText();
  const session = useSession();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = SECTIONS.filter(({ inBar, personal }) => inBar && (!personal || session.state === "person"));
  if (shown.length < 2) return null;
  return (
    <nav className={css.bar} aria-label={text.frame.sections}>
      {shown.map((section) => {
        const n =
          section.count === "orders"
            ? (me.data?.your_turn.length ?? 0)
            : section.count === "chats"
              ? (me.data?.unread_total ?? 0)
              : 0;
        return (
          <Link
            key={section.to}
            to={section.to}
            className={css.section}
            aria-current={isIn(section, path) ? "page" : undefined}
          >
            <span className={css.icon}>
              <Icon name={section.icon} />
              <span className={css.count}>
                <Count n={n} label={section.count === "chats" ? text.common.unread({ n }) : text.frame.yourTurn} />
              </span>
            </span>
            <span className={css.word}>{section.word(text)}</span>
          </Link>
        );
      })}
    </nav>
  );
};
