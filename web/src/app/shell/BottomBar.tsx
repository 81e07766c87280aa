/**
 * The sections at the foot of a phone, each a place for the thumb, with what waits there as a number. The balance stands at
 * the top of "Me": beside five words a figure of any length has no room at 360 px.
 */
import { Link } from "@tanstack/react-router";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./BottomBar.module.css";
import { useSections } from "./useSections.ts";

export const BottomBar = () => {
  const { frame } = useText();
  const sections = useSections(({ inBar }) => inBar === true);
  if (sections.length < 2) return null;
  return (
    <nav className={css.bar} aria-label={frame.sections}>
      {sections.map(({ to, icon, word, current, waiting }) => (
        <Link key={to} to={to} className={css.section} aria-current={current}>
          <span className={css.icon}>
            <Icon name={icon} />
            <span className={css.count}>
              <Count {...waiting} />
            </span>
          </span>
          <span className={css.word}>{word}</span>
        </Link>
      ))}
    </nav>
  );
};
