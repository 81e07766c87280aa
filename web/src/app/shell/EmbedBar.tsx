/** In a frame of another site: where one is, and the sections in one line. What belongs to an account is the host's. */
import { Link, useMatches, useRouterState } from "@tanstack/react-router";
import { useMe } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { iconButtonClass } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./EmbedBar.module.css";
import { isIn, SECTIONS } from "./sections.ts";

/** Of these a host's page has its own. */
const NOT_HERE = ["/me", "/operator", "/help"];

export const EmbedBar = () => {
  const text = useText();
  const session = useSession();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const up = useMatches().findLast(({ staticData }) => staticData.up !== undefined)?.staticData.up;
  const shown = SECTIONS.filter(
    ({ to, personal }) => (!personal || session.state === "person") && !NOT_HERE.some((start) => to.startsWith(start)),
  );
  const waiting = { orders: me.data?.your_turn.length ?? 0, chats: me.data?.unread_total ?? 0 };
  return (
    <nav className={css.bar} aria-label={text.frame.sections}>
      {up !== undefined && (
        <Link to={up} className={iconButtonClass} aria-label={text.common.back}>
          <Icon name="back" />
        </Link>
      )}
      {shown.map((section) => {
        const n = section.count === undefined ? 0 : waiting[section.count];
        return (
          <Link
            key={section.to}
            to={section.to}
            className={css.section}
            aria-current={isIn(section, path) ? "page" : undefined}
          >
            {section.word(text)}
            <Count n={n} label={section.count === "chats" ? text.common.unread({ n }) : text.frame.yourTurn} />
          </Link>
        );
      })}
    </nav>
  );
};
