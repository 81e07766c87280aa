/** The column of a desk: the product, the sections in words, and at the foot who is here and with what balance. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useMe, useWallet } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { Choices } from "../../features/choices/Choices.tsx";
import { Amount } from "../../ui/Amount.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { AccountLine } from "./Account.tsx";
import css from "./SideColumn.module.css";
import { SignInLink } from "./SignInLink.tsx";
import { isIn, SECTIONS } from "./sections.ts";
import { Mark } from "./TopBar.tsx";

export const SideColumn = () => {
  const text = useText();
  const session = useSession();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const roles = me.data?.roles ?? [];
  const shown = SECTIONS.filter(
    ({ personal, role }) => (!personal || session.state === "person") && (role === undefined || roles.includes(role)),
  );
  return (
    <aside className={css.column}>
      <Link to="/market" className={css.product}>
        <Mark />
        {text.frame.product}
      </Link>
      <nav aria-label={text.frame.sections} className={css.sections}>
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
              <Icon name={section.icon} />
              <span className={css.word}>{section.word(text)}</span>
              <Count n={n} label={section.count === "chats" ? text.common.unread({ n }) : text.frame.yourTurn} />
            </Link>
          );
        })}
      </nav>
      <div className={css.foot}>
        {session.state === "visitor" && <SignInLink />}
        {session.state === "person" && <Balance />}
        <AccountLine />
        <Choices />
      </div>
    </aside>
  );
};

const Balance = () => {
  const { frame } = useText();
  const wallet = useWallet();
  if (wallet.data === undefined) return null;
  return (
    <div className={css.balance}>
      <span className={css.label}>{frame.available}</span>
      <span className={css.figure}>
        <Amount kopecks={wallet.data.available} inUsdt />
      </span>
    </div>
  );
};
