/** Controls with their label above, a hint below, and what is wrong said in words and bound to the control. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
  useState,
} from "react";
import css from "./Field.module.css";
import { useText } from "./text.tsx";

type Frame = {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong and what to do about it. */
  readonly error?: ReactNode;
  /** Says that it may be left empty. */
  readonly optional?: boolean;
};

type Bound = { readonly id: string; readonly "aria-describedby"?: string; readonly "aria-invalid"?: boolean };

const useFrame = ({ label, hint, error, optional }: Frame, control: (bound: Bound) => ReactNode) => {
  const id = useId();
  const { common } = useText();
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label}
        {optional && <span className={css.optional}> ({common.optional})</span>}
      </label>
      {control({ id, ...(described && { "aria-describedby": described }), ...(error && { "aria-invalid": true }) })}
      {error && (
        <p id={`${id}-error`} className={css.error}>
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
    </div>
  );
};

type InputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "className" | "style" | "id">;

export const TextField = ({ label, hint, error, optional = false, ...rest }: Frame & InputProps) =>
  useFrame({ label, hint, error, optional }, (bound) => <input {...rest} {...bound} className={css.input} />);

/** A password, which may be looked at; paste and password managers work. */
export const PasswordField = ({ label, hint, error, optional = false, ...rest }: Frame & InputProps) => {
  const [shown, setShown] = useState(false);
  const { common } = useText();
  return useFrame({ label, hint, error, optional }, (bound) => (
    <span className={css.joined}>
      <input {...rest} {...bound} type={shown ? "text" : "password"} className={css.input} />
      <button type="button" className={css.inside} aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? common.hidePassword : common.showPassword}
      </button>
    </span>
  ));
};

type AreaProps = Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "className" | "style" | "id">;

export const TextArea = ({ label, hint, error, optional = false, rows = 3, ...rest }: Frame & AreaProps) =>
  useFrame({ label, hint, error, optional }, (bound) => (
    <textarea {...rest} {...bound} rows={rows} className={css.input} />
  ));

type SelectProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, "className" | "style" | "id">;

export const SelectField = ({ label, hint, error, optional = false, children, ...rest }: Frame & SelectProps) =>
  useFrame({ label, hint, error, optional }, (bound) => (
    <select {...rest} {...bound} className={`${css.input} ${css.select}`}>
      {children}
    </select>
  ));

type AmountProps = Frame & {
  /** As it is written; `parseAmount` reads it. */
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onBlur?: () => void;
  /** What stands behind the figure: a sign of a currency. */
  readonly sign?: string;
  readonly large?: boolean;
  readonly name?: string;
  readonly placeholder?: string;
};

/** An amount in figures: the keyboard of a phone shows digits, and what is wrong is said on leaving it. */
export const AmountField = ({
  value,
  onChange,
  onBlur,
  sign,
  large = false,
  name,
  placeholder,
  ...frame
}: AmountProps) =>
  useFrame(frame, (bound) => (
    <span className={css.joined}>
      <input
        {...bound}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        enterKeyHint="done"
        name={name}
        placeholder={placeholder}
        className={large ? `${css.input} ${css.large}` : css.input}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
      {sign && (
        <span className={css.sign} aria-hidden="true">
          {sign}
        </span>
      )}
    </span>
  ));

/** Six digits: pasted whole, filled by the browser, one field. */
export const CodeField = ({
  label,
  hint,
  error,
  value,
  onChange,
  ...rest
}: Frame & {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly autoFocus?: boolean;
}) =>
  useFrame({ label, hint, error }, (bound) => (
    <input
      {...rest}
      {...bound}
      className={`${css.input} ${css.code}`}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]*"
      value={value}
      onChange={(event) => onChange(event.target.value.replace(/\D/g, "").slice(0, 6))}
    />
  ));
