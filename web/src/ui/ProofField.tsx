/**
 * The second factor as it is given, wherever it is asked for: a passkey, six digits of an app, pasted whole, or a recovery
 * code. One way is shown; the others are a press away. The button that goes on is the form's own.
 */
import { type ReactNode, useState } from "react";
import { Button } from "./Button.tsx";
import { CodeField, TextField } from "./Field.tsx";
import { SkeletonLines } from "./Loaded.tsx";
import { Notice } from "./Notice.tsx";
import { Stack } from "./Page.tsx";
import css from "./ProofField.module.css";
import { useWords } from "./words.ts";

export type Way = "passkey" | "app" | "recovery";

const DIGITS = 6;
/** Three groups of five. */
const RECOVERY_LETTERS = 15;

/** What is typed is as long as one. */
export const isRecoveryCode = (code: string): boolean =>
  code.replaceAll(/[^A-Za-z0-9]/g, "").length === RECOVERY_LETTERS;

/** The same, of a code of either kind. */
export const isWhole = (code: string): boolean => code.length === DIGITS || isRecoveryCode(code);

/** @property way undefined: there is none, or it is not known yet */
export type GivenFactor = { readonly way: Way | undefined; readonly code: string };

export type ProofForm = GivenFactor & {
  readonly ways: readonly Way[] | undefined;
  readonly choose: (way: Way) => void;
  readonly type: (code: string) => void;
  /** A passkey is asked for by the browser, when the form goes on. */
  readonly isGiven: boolean;
};

/** @param ways the first is shown first; undefined: not known yet */
export const useProofForm = (ways: readonly Way[] | undefined): ProofForm => {
  const [chosen, setChosen] = useState<Way>();
  const [code, type] = useState("");
  const way = chosen ?? ways?.[0];
  return {
    ways,
    way,
    code,
    type,
    choose(next) {
      setChosen(next);
      type("");
    },
    isGiven: way === "passkey" || (way !== undefined && isWhole(code)),
  };
};

export const ProofField = ({ of, error }: { readonly of: ProofForm; readonly error?: ReactNode }) => {
  const words = useWords("security");
  const { ways, way, code, choose, type } = of;
  if (ways === undefined) return <SkeletonLines count={2} />;
  if (way === undefined) return <Notice tone="soon">{words.noWay}</Notice>;
  return (
    <Stack gap={8}>
      {way === "passkey" && <p>{words.passkeyIsAsked}</p>}
      {way === "app" && (
        <CodeField label={words.code} hint={words.codeHint} error={error} value={code} onChange={type} />
      )}
      {way === "recovery" && <RecoveryField value={code} onChange={type} error={error} />}
      <div className={css.others}>
        {ways.map(
          (other) =>
            other !== way && (
              <Button key={other} kind="quiet" small onClick={() => choose(other)}>
                {words.useWay[other]}
              </Button>
            ),
        )}
      </div>
    </Stack>
  );
};

type RecoveryProps = {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly error?: ReactNode;
};

export const RecoveryField = ({ value, onChange, error }: RecoveryProps) => {
  const words = useWords("security");
  return (
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
  );
};
