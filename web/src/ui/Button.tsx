/**
 * Buttons, and links that look like them. One `primary` stands on a screen. A busy button keeps its width and says that
 * it sends; a button that cannot be pressed has its reason beside it (`Reasoned`).
 */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import css from "./Button.module.css";
import { Icon, type IconName } from "./Icon.tsx";
import { useText } from "./text.tsx";

export type ButtonKind = "primary" | "secondary" | "quiet" | "danger";

type Look = { readonly kind?: ButtonKind; readonly wide?: boolean; readonly small?: boolean };

/** For a router's link that looks like a button. */
export const buttonClass = ({ kind = "secondary", wide = false, small = false }: Look = {}): string =>
  [css.button, css[kind], wide && css.wide, small && css.small].filter(Boolean).join(" ");

type Props = Look &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "style"> & {
    readonly icon?: IconName | undefined;
    /** Sends, or finds out what became of what was sent. */
    readonly busy?: boolean | "finding-out" | undefined;
    readonly children: ReactNode;
  };

export const Button = ({ kind, wide, small, icon, busy = false, type = "button", children, ...rest }: Props) => {
  const { common } = useText();
  const look = buttonClass({ ...(kind && { kind }), ...(wide && { wide }), ...(small && { small }) });
  return (
    <button
      {...rest}
      type={type}
      className={look}
      aria-busy={busy !== false}
      aria-disabled={busy !== false || undefined}
      onClick={busy === false ? rest.onClick : (event) => event.preventDefault()}
    >
      <span className={busy === false ? css.face : `${css.face} ${css.away}`}>
        {icon && <Icon name={icon} />}
        <span>{children}</span>
      </span>
      {busy !== false && <span className={css.busy}>{busy === true ? common.sending : common.findingOut}</span>}
    </button>
  );
};

/** A button of an icon alone: its label is said and shown as a title. */
export const IconButton = ({
  icon,
  label,
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "style" | "children"> & {
  readonly icon: IconName;
  readonly label: string;
}) => (
  <button type="button" {...rest} className={css.iconButton} aria-label={label} title={label}>
    <Icon name={icon} />
  </button>
);

export const iconButtonClass = css.iconButton ?? "";

/** A button with the reason why it cannot be pressed. */
export const Reasoned = ({ reason, children }: { readonly reason: ReactNode; readonly children: ReactNode }) => (
  <div className={css.reasoned}>
    {children}
    {reason && <p className={css.reason}>{reason}</p>}
  </div>
);
