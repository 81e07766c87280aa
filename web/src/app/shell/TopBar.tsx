/** The top bar of a phone: back or the product's name, the title, the bell. */
import { Link, useMatches } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../../data/session.ts";
import { IconButton, iconButtonClass } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useText } from "../../ui/text.tsx";
import { useShownTitle } from "../../ui/title.ts";
import { AccountSheet } from "./Account.tsx";
import { BellButton } from "./BellButton.tsx";
import { SignInLink } from "./SignInLink.tsx";
import css from "./TopBar.module.css";

export const TopBar = () => {
  const { common, frame } = useText();
  const title = useShownTitle();
  const up = useMatches().findLast(({ staticData }) => staticData.up !== undefined)?.staticData.up;
  const session = useSession();
  const [open, setOpen] = useState(false);
  return (
    <header className={css.bar}>
      {up === undefined ? (
        <Link to="/market" className={css.mark} aria-label={frame.product}>
          <Mark />
        </Link>
      ) : (
        <Link to={up} className={iconButtonClass} aria-label={common.back}>
          <Icon name="back" />
        </Link>
      )}
      <span className={css.title} aria-hidden="true">
        {title}
      </span>
      {session.state === "visitor" && <SignInLink />}
      <BellButton />
      <IconButton
        icon={session.state === "person" ? "me" : "globe"}
        label={common.menu}
        onClick={() => setOpen(true)}
      />
      {open && <AccountSheet onClose={() => setOpen(false)} />}
    </header>
  );
};

/** The sign of the product: the thread with its two knots. */
export const Mark = () => (
  <svg className={css.sign} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d="M12 3v18" />
    <circle cx="12" cy="7.5" r="3" />
    <circle cx="12" cy="16.5" r="3" className={css.open} />
  </svg>
);
