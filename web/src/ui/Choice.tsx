/** Choices: a box to tick, a switch with its word, radios as cards, tabs that are links. Native controls throughout. */
import type { ReactNode } from "react";
import css from "./Choice.module.css";

type BoxProps = {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly children: ReactNode;
};

export const Checkbox = ({ checked, onChange, disabled = false, children }: BoxProps) => (
  <label className={css.check}>
    <input
      type="checkbox"
      className={css.box}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
    <span>{children}</span>
  </label>
);

/** On or off at once; the word says which. @param word of the state it is in */
export const Switch = ({
  checked,
  onChange,
  disabled = false,
  word,
  children,
}: BoxProps & { readonly word: string }) => (
  <label className={css.check}>
    <input
      type="checkbox"
      role="switch"
      aria-checked={checked}
      className={css.switch}
      checked={checked}
      disabled={disabled}
      onChange={(event) => onChange(event.target.checked)}
    />
    <span>
      {children} <span className={css.word}>{word}</span>
    </span>
  </label>
);

export type RadioOption<Value extends string> = {
  readonly value: Value;
  readonly label: ReactNode;
  readonly text?: ReactNode;
  readonly disabled?: boolean;
};

export const RadioCards = <Value extends string>({
  legend,
  name,
  options,
  value,
  onChange,
  error,
}: {
  readonly legend: ReactNode;
  readonly name: string;
  readonly options: readonly RadioOption<Value>[];
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly error?: ReactNode;
}) => (
  <fieldset className={css.group}>
    <legend className={css.legend}>{legend}</legend>
    {options.map((option) => (
      <label key={option.value} className={css.card}>
        <input
          type="radio"
          className={css.radio}
          name={name}
          value={option.value}
          checked={option.value === value}
          disabled={option.disabled}
          onChange={() => onChange(option.value)}
        />
        <span>
          <span className={css.cardLabel}>{option.label}</span>
          {option.text && <span className={css.cardText}>{option.text}</span>}
        </span>
      </label>
    ))}
    {error && <p className={css.error}>{error}</p>}
  </fieldset>
);

/** A row of links of which one is where we are: give each link `tabClass` and let the router set `aria-current`. */
export const Tabs = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <nav aria-label={label} className={css.tabs}>
    {children}
  </nav>
);

export const tabClass = css.tab ?? "";
