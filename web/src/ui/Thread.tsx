/**
 * The thread: a vertical line with a knot per step, its time and who acted. The order room, the operator's timeline and
 * the statement are drawn with it. What is still to come hangs on a thin line with an open knot; what went out is a ring.
 */
import type { ReactNode } from "react";
import css from "./Thread.module.css";

export type KnotState = "done" | "now" | "next" | "danger" | "operator" | "out";

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
  /** At the end of its line, such as an amount. */
  readonly figure?: ReactNode;
  readonly who?: ReactNode;
  readonly children?: ReactNode;
};

export const Knot = ({ state, title, time = null, shownTime, figure, who, children }: KnotProps) => (
  <li className={`${css.knot} ${css[state]}`} {...(state === "now" && { "aria-current": "step" })}>
    <span className={css.dot} aria-hidden="true" />
    <div className={css.head}>
      <span className={css.title}>{title}</span>
      {time !== null && (
        <time className={css.time} dateTime={time}>
          {shownTime}
        </time>
      )}
      {figure && <span className={css.figure}>{figure}</span>}
    </div>
    {who && <div className={css.who}>{who}</div>}
    {children && <div className={css.body}>{children}</div>}
  </li>
);
