/** A bank is let in: its name, its world, the codes inside its accounts, and where it is told things. */
import { useState } from "react";
import type { Participant } from "../../data/types.ts";
import { Checkbox, RadioCards } from "../../ui/Choice.tsx";
import { TextField } from "../../ui/Field.tsx";
import { useWords } from "../../ui/words.ts";
import { ActDialog } from "./ActDialog.tsx";
import { type Installing, install } from "./queries.ts";

const CODE = /^\d{6}$/;
const MAX_NAME = 100;

const codesIn = (text: string): readonly string[] => text.split(/[\s,;]+/).filter((code) => code !== "");

export const InstallDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const words = useWords("operatorRail");
  const [name, setName] = useState("");
  const [mode, setMode] = useState<Participant["mode"]>("sandbox");
  const [codes, setCodes] = useState("");
  const [callbackUrl, setCallbackUrl] = useState("");
  const [isAsked, setAsked] = useState(true);
  const areCodes = codesIn(codes).length > 0 && codesIn(codes).every((code) => CODE.test(code));
  const missing = name.trim() === "" ? words.nameMissing : areCodes ? undefined : words.codesWrong;
  const input: Installing | null =
    missing === undefined
      ? { name: name.trim(), mode, codes: codesIn(codes), callbackUrl: callbackUrl.trim(), isAsked }
      : null;
  return (
    <ActDialog
      title={words.installTitle}
      word={words.install}
      kind="primary"
      missing={missing}
      input={input}
      send={install}
      onClose={onClose}
      found={issuesOf}
    >
      <TextField
        label={words.bank}
        value={name}
        maxLength={MAX_NAME}
        autoComplete="off"
        onChange={({ target }) => setName(target.value)}
      />
      <World value={mode} onChange={setMode} />
      <TextField
        label={words.codes}
        hint={words.codesHint}
        value={codes}
        inputMode="numeric"
        autoComplete="off"
        onChange={({ target }) => setCodes(target.value)}
      />
      <TextField
        label={words.callbackUrl}
        hint={words.callbackHint}
        optional
        type="url"
        value={callbackUrl}
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setCallbackUrl(target.value)}
      />
      <Checkbox checked={isAsked} onChange={setAsked}>
        {words.isAsked}
      </Checkbox>
    </ActDialog>
  );
};

type WorldProps = {
  readonly value: Participant["mode"];
  readonly onChange: (mode: Participant["mode"]) => void;
};

const World = ({ value, onChange }: WorldProps) => {
  const words = useWords("operatorRail");
  return (
    <RadioCards
      legend={words.mode}
      name="mode"
      options={[
        { value: "sandbox", label: words.sandbox, text: words.sandboxText },
        { value: "production", label: words.production, text: words.productionText },
      ]}
      value={value}
      onChange={onChange}
    />
  );
};

type Issue = { readonly pointer: string; readonly message: string };

/** What of the form the server does not take, in its own words. */
const issuesOf = ({ code, details }: { readonly code: string; readonly details?: unknown }) => {
  const issues: readonly Issue[] = code === "VALIDATION_ERROR" ? (Object(details).issues ?? []) : [];
  return issues.map(({ pointer, message }) => (
    <p key={`${pointer} ${message}`}>
      <code>{pointer.slice(1)}</code> {message}
    </p>
  ));
};
