/** How far something has come, as a bar with its numbers: the eye sees the part, the words say it. */
import { type ReactNode, useId } from "react";
import css from "./Progress.module.css";

type Props = {
  readonly label: string;
  /** The numbers in words: "400,00 of 1 000,00". */
  readonly figures: string;
  readonly value: number;
  /** A full bar; above 0. */
  readonly max: number;
  readonly children?: ReactNode;
};

export const Progress = ({ label, figures, value, max, children }: Props) => {
  const id = useId();
  return (
    <div className={css.progress}>
      <div className={css.head}>
        <span id={id} className={css.label}>
          {label}
        </span>
        <span>{figures}</span>
      </div>
      <progress
        className={css.bar}
        max={max}
        value={Math.min(value, max)}
        aria-labelledby={id}
        aria-valuetext={figures}
      />
      {children && <p className={css.note}>{children}</p>}
    </div>
  );
};
