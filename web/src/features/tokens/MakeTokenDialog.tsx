/** Make a token: what it is called, what it may do and for how long; then it is shown, this once. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import { Button } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { CopyButton } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { askAnew, MAY, type May, makeToken } from "./queries.ts";
import css from "./Tokens.module.css";

/** A year is the longest. */
const DAYS = [7, 30, 90, 365] as const;
const USUAL_DAYS = 30;
const MAX_NAME = 64;

type Made = { readonly name: string; readonly token: string | null };

export const MakeTokenDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const [made, setMade] = useState<Made | null>(null);
  const done = (token: Made) => {
    setMade(token);
    void askAnew();
  };
  return made === null ? <Form onDone={done} onClose={onClose} /> : <Shown of={made} onClose={onClose} />;
};

type FormProps = { readonly onDone: (made: Made) => void; readonly onClose: () => void };

const Form = ({ onDone, onClose }: FormProps) => {
  const { common } = useText();
  const words = useWords("tokens");
  const [name, setName] = useState("");
  const [left, setLeft] = useState(false);
  const [may, setMay] = useState<May>("read");
  const [days, setDays] = useState<number>(USUAL_DAYS);
  const act = useAct({ send: makeToken, onDone });
  const isNamed = name.trim() !== "";
  return (
    <Dialog
      title={words.makeTitle}
      onClose={onClose}
      locked={act.state !== "idle"}
      side
      actions={
        <>
          <Button
            kind="primary"
            busy={act.busy}
            onClick={() => (isNamed ? act.submit({ name: name.trim(), may, days }) : setLeft(true))}
          >
            {words.makeConfirm}
          </Button>
          <Button onClick={onClose} disabled={act.state !== "idle"}>
            {common.cancel}
          </Button>
        </>
      }
    >
      <Stack>
        <TextField
          label={words.name}
          hint={words.nameHint}
          error={left && !isNamed ? common.needed : undefined}
          value={name}
          maxLength={MAX_NAME}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          onBlur={() => setLeft(true)}
        />
        <WhatItMay value={may} onChange={setMay} />
        <SelectField label={words.lives} value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {DAYS.map((n) => (
            <option key={n} value={n}>
              {common.days({ n })}
            </option>
          ))}
        </SelectField>
        <Refused error={act.failure} />
      </Stack>
    </Dialog>
  );
};

type MayProps = { readonly value: May; readonly onChange: (may: May) => void };

/** What releasing means is said before it is chosen for good. */
const WhatItMay = ({ value, onChange }: MayProps) => {
  const words = useWords("tokens");
  return (
    <>
      <RadioCards
        legend={words.may}
        name="may"
        value={value}
        onChange={onChange}
        options={MAY.map((each) => ({ value: each, label: words[each], text: words.means[each] }))}
      />
      {value === "release" && (
        <Notice tone="danger" title={words.releaseTitle} aloud>
          {words.releaseText}
        </Notice>
      )}
    </>
  );
};

const Shown = ({ of: { name, token }, onClose }: { readonly of: Made; readonly onClose: () => void }) => {
  const words = useWords("tokens");
  return (
    <Dialog
      title={words.made({ name })}
      onClose={onClose}
      side
      actions={
        <Button kind="primary" onClick={onClose}>
          {token === null ? words.understood : words.saved}
        </Button>
      }
    >
      {token === null ? (
        <Notice tone="danger" aloud>
          {words.lost}
        </Notice>
      ) : (
        <Stack>
          <Notice tone="soon">{words.once}</Notice>
          <div className={css.secret}>
            <code>{token}</code>
            <CopyButton text={token} what={words.token} />
          </div>
          <p>{words.how}</p>
        </Stack>
      )}
    </Dialog>
  );
};
