/** The column of a desk: the product, the sections in words, and at the foot who is here and with what balance. */
import { Link } from "@tanstack/react-router";
import { lazy } from "react";
import { useWallet } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { Choices } from "../../features/choices/Choices.tsx";
import { ForStaff } from "../../features/console/ForStaff.tsx";
import { Amount } from "../../ui/Amount.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { AccountLine } from "./Account.tsx";
import { BellButton } from "./BellButton.tsx";
import css from "./SideColumn.module.css";
import { SignInLink } from "./SignInLink.tsx";
import { Mark } from "./TopBar.tsx";
import { useSections } from "./useSections.ts";

const ConsoleNav = lazy(async () => ({ default: (await import("../../features/console/ConsoleNav.tsx")).ConsoleNav }));

export const SideColumn = () => {
  const text = useText();
  const session = useSession();
  const sections = useSections();
  return (
    <aside className={css.column}>
      <div className={css.head}>
        <Link to="/market" className={css.product}>
          <Mark />
          {text.frame.product}
        </Link>
        <BellButton />
      </div>
      <nav aria-label={text.frame.sections} className={css.sections}>
        {sections.map(({ to, icon, word, current, waiting }) => (
          <Link key={to} to={to} className={css.section} aria-current={current}>
            <Icon name={icon} />
            <span className={css.word}>{word}</span>
            <Count {...waiting} />
          </Link>
        ))}
      </nav>
      <ForStaff>
        <ConsoleNav listClass={css.sections} linkClass={css.section} wordClass={css.word} />
      </ForStaff>
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
    <Link to="/wallet" className={css.balance}>
      <span className={css.label}>{frame.available}</span>
      <span className={css.figure}>
        <Amount kopecks={wallet.data.available} inUsdt />
      </span>
    </Link>
  );
};
