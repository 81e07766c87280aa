/**
 * The thread: a vertical line with a knot per step, its time and who acted. The order room, the operator's timeline and
 * the statement are drawn with it. What is still to come hangs on a thin line with an open knot.
 */
import type { ReactNode } from "react";
import css from "./Thread.module.css";

export type KnotState = "done" | "now" | "next" | "danger" | "operator";

export const Thread = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <ol className={css.thread} aria-label={label}>
    {children}
  </ol>
);

type KnotProps = {
  readonly state: KnotState;
  readonly title: ReactNode;
  /** ISO; shown as `shownTime`. */
  readonly time?: string | null;
  readonly shownTime?: string;
  readonly who?: ReactNode;
  readonly children?: ReactNode;
};

export const Knot = ({ state, title, time = null, shownTime, who, children }: KnotProps) => (
  <li className={`${css.knot} ${css[state]}`} {...(state === "now" && { "aria-current": "step" })}>
    <span className={css.dot} aria-hidden="true" />
    <div className={css.head}>
      <span className={css.title}>{title}</span>
      {time !== null && (
        <time className={css.time} dateTime={time}>
          {shownTime}
        </time>
      )}
    </div>
    {who && <p className={css.who}>{who}</p>}
    {children && <div className={css.body}>{children}</div>}
  </li>
);
