/** The console's own sections: in the column of a desk, and at the head of its pages on a phone. Each by role. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useMe } from "../../data/me.ts";
import { Icon, type IconName } from "../../ui/Icon.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./ConsoleNav.module.css";
import { isStaff, PAGES } from "./pages.ts";

type Props = {
  /** How a link looks where the sections stand. */
  readonly linkClass: string | undefined;
  readonly wordClass: string | undefined;
  readonly listClass: string | undefined;
};

const ICONS: Readonly<Record<(typeof PAGES)[number]["to"], IconName>> = {
  "/operator/disputes": "operator",
  "/operator/people": "people",
  "/operator/rail": "rail",
  "/operator/ledger": "ledger",
  "/operator/money": "wallet",
};

export const ConsoleNav = ({ linkClass, wordClass, listClass }: Props) => {
  const operator = useWords("operator");
  const { data: me } = useMe();
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const roles = me?.roles ?? [];
  if (!isStaff(roles)) return null;
  return (
    <nav aria-label={operator.console} className={listClass}>
      {PAGES.filter(({ roles: allowed }) => allowed.some((role) => roles.includes(role))).map(({ to, word }) => (
        <Link
          key={to}
          to={to}
          className={linkClass}
          aria-current={path === to || path.startsWith(`${to}/`) ? "page" : undefined}
        >
          <Icon name={ICONS[to]} />
          <span className={wordClass}>{word(operator)}</span>
        </Link>
      ))}
    </nav>
  );
};

/** At the head of the console's pages, where there is no column. */
export const ConsoleBar = () => <ConsoleNav listClass={css.bar} linkClass={css.link} wordClass={undefined} />;
