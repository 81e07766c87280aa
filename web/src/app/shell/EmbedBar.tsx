/** In a frame of another site: where one is, and the sections in one line. What belongs to an account is the host's. */
import { Link, useMatches } from "@tanstack/react-router";
import { iconButtonClass } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { BellButton } from "./BellButton.tsx";
import css from "./EmbedBar.module.css";
import { useSections } from "./useSections.ts";

/** Of these a host's page has its own. */
const NOT_HERE = ["/me", "/help"];

export const EmbedBar = () => {
  const text = useText();
  const up = useMatches().findLast(({ staticData }) => staticData.up !== undefined)?.staticData.up;
  const sections = useSections(({ to }) => !NOT_HERE.some((start) => to.startsWith(start)));
  return (
    <nav className={css.bar} aria-label={text.frame.sections}>
      {up !== undefined && (
        <Link to={up} className={iconButtonClass} aria-label={text.common.back}>
          <Icon name="back" />
        </Link>
      )}
      {sections.map(({ to, word, current, waiting }) => (
        <Link key={to} to={to} className={css.section} aria-current={current}>
          {word}
          <Count {...waiting} />
        </Link>
      ))}
      <BellButton />
    </nav>
  );
};
