/** A row of what somebody has to type elsewhere, with a button that copies it. */
import { type ReactNode, useEffect, useState } from "react";
import css from "./Copy.module.css";
import { Icon } from "./Icon.tsx";
import { useText } from "./text.tsx";

const COPIED_MS = 2_000;

/** @param text what is copied, without blanks that a bank's form would refuse */
export const CopyButton = ({ text, what }: { readonly text: string; readonly what: string }) => {
  const { common } = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      className={css.copy}
      aria-label={common.copyWhat({ what })}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon name={copied ? "check" : "copy"} />
      <span aria-live="polite">{copied ? common.copied : common.copy}</span>
    </button>
  );
};

export type Row = {
  readonly label: string;
  readonly value: ReactNode;
  /** Offers a copy of it. */
  readonly copy?: string | undefined;
};

/** Facts under each other: label, value, and a copy where there is something to copy. */
export const Rows = ({ rows }: { readonly rows: readonly Row[] }) => (
  <dl className={css.rows}>
    {rows.map(({ label, value, copy }) => (
      <div key={label} className={css.row}>
        <dt className={css.label}>{label}</dt>
        <dd className={css.value}>{value}</dd>
        {copy !== undefined && (
          <dd className={css.action}>
            <CopyButton text={copy} what={label} />
          </dd>
        )}
      </div>
    ))}
  </dl>
);
