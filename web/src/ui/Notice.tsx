/** Notices: a colour, an icon and words, always all three. Badges name a state; a line marks what may be old. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import css from "./Notice.module.css";

export type Tone = "plain" | "done" | "soon" | "danger" | "info";

const ICONS: Readonly<Record<Tone, IconName>> = {
  plain: "info",
  done: "check",
  soon: "clock",
  danger: "warning",
  info: "info",
};

type NoticeProps = {
  readonly tone?: Tone;
  readonly title?: ReactNode;
  readonly action?: ReactNode;
  /** Said aloud when it appears: for what follows from an act of the reader. */
  readonly aloud?: boolean;
  readonly children?: ReactNode;
};

export const Notice = ({ tone = "plain", title, action, aloud = false, children }: NoticeProps) => (
  <div className={`${css.notice} ${css[tone]}`} {...(aloud && { role: tone === "danger" ? "alert" : "status" })}>
    <Icon name={ICONS[tone]} />
    <div className={css.words}>
      {title && <p className={css.title}>{title}</p>}
      {children && <div>{children}</div>}
    </div>
    {action && <div className={css.action}>{action}</div>}
  </div>
);

export const Badge = ({
  tone = "plain",
  icon,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: IconName;
  readonly children: ReactNode;
}) => (
  <span className={`${css.badge} ${css[tone]}`}>
    <Icon name={icon ?? ICONS[tone]} />
    <span>{children}</span>
  </span>
);

/** How many: unread lines, notifications. Nothing for none. */
export const Count = ({ n, label }: { readonly n: number; readonly label: string }) =>
  n === 0 ? null : (
    <span className={css.count}>
      <span aria-hidden="true">{n > 99 ? "99+" : n}</span>
      <span className={css.hidden}>{label}</span>
    </span>
  );

/** For screen readers alone. */
export const Hidden = ({ children }: { readonly children: ReactNode }) => (
  <span className={css.hidden}>{children}</span>
);
