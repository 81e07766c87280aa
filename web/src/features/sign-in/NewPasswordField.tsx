/** A password that is to be: what it lacks is said when it is sent. */
import { PasswordField } from "../../ui/Field.tsx";
import { useWords } from "../../ui/words.ts";
import { lacking } from "./rules.ts";

type Props = { readonly value: string; readonly onChange: (password: string) => void; readonly tried: boolean };

export const NewPasswordField = ({ value, onChange, tried }: Props) => {
  const people = useWords("people");
  const missing = lacking(value);
  return (
    <PasswordField
      label={people.recover}
      hint={people.passwordHint}
      name="new-password"
      autoComplete="new-password"
      maxLength={128}
      value={value}
      error={tried && missing > 0 ? people.passwordShort({ n: missing }) : undefined}
      onChange={({ target }) => onChange(target.value)}
    />
  );
};
