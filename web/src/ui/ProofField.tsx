/** The second factor as it is typed: six digits, pasted whole; or, by a link, a recovery code. */
import { type ReactNode, useState } from "react";
import { Button } from "./Button.tsx";
import { CodeField, TextField } from "./Field.tsx";
import { useWords } from "./words.ts";

const DIGITS = 6;
/** Three groups of five. */
const RECOVERY_LETTERS = 15;

/** What is typed is as long as a code of either kind is. */
export const isWhole = (code: string): boolean =>
  code.length === DIGITS || code.replaceAll(/[^A-Za-z0-9]/g, "").length === RECOVERY_LETTERS;

type Props = {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly error?: ReactNode;
};

export const ProofField = ({ value, onChange, error }: Props) => {
  const words = useWords("security");
  const [recovers, setRecovers] = useState(false);
  const other = () => {
    setRecovers(!recovers);
    onChange("");
  };
  return (
    <div>
      {recovers ? (
        <TextField
          label={words.recoveryCode}
          hint={words.recoveryHint}
          error={error}
          value={value}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={17}
          onChange={({ target }) => onChange(target.value)}
        />
      ) : (
        <CodeField label={words.code} hint={words.codeHint} error={error} value={value} onChange={onChange} />
      )}
      <Button kind="quiet" small onClick={other}>
        {recovers ? words.useCode : words.useRecovery}
      </Button>
    </div>
  );
};
