/** The banks that take part, each with its state and its keys, and what an operator may do about them. */
import { useState } from "react";
import { serverClock } from "../../data/clock.ts";
import type { Participant } from "../../data/types.ts";
import { dayAndTime, SECOND } from "../../kernel/time.ts";
import type { Words } from "../../locales/index.ts";
import { Button } from "../../ui/Button.tsx";
import { Badge, type Tone } from "../../ui/Notice.tsx";
import { Line, Muted } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { RegisterDialog, RevokeDialog } from "./KeyDialogs.tsx";
import css from "./Rail.module.css";
import { StateDialog } from "./StateDialog.tsx";

type Chosen =
  | { readonly kind: "state" | "register"; readonly bank: Participant }
  | { readonly kind: "revoke"; readonly bank: Participant; readonly kid: string };

type Open = (chosen: Chosen) => void;

export const Banks = ({ of }: { readonly of: readonly Participant[] }) => {
  const words = useWords("operatorRail");
  const [chosen, open] = useState<Chosen | null>(null);
  const columns: readonly Column<Participant>[] = [
    {
      key: "bank",
      head: words.bank,
      bare: true,
      cell: ({ name, guid }) => (
        <div className={css.cell}>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <Muted>{guid}</Muted>
        </div>
      ),
    },
    { key: "mode", head: words.mode, cell: ({ mode }) => words[mode] },
    {
      key: "state",
      head: words.state,
      cell: (bank) => {
        const { word, tone } = stateOf(bank, words);
        return <Badge tone={tone}>{word}</Badge>;
      },
    },
    { key: "codes", head: words.codes, cell: ({ bank_codes }) => bank_codes.join(", ") },
    { key: "keys", head: words.keys, cell: (bank) => <Keys of={bank} open={open} /> },
    { key: "action", head: words.action, bare: true, cell: (bank) => <Acts of={bank} open={open} /> },
  ];
  return (
    <>
      <Table caption={words.banks} columns={columns} items={of} idOf={({ guid }) => guid} />
      {chosen !== null && <Opened of={chosen} onClose={() => open(null)} />}
    </>
  );
};

const Opened = ({ of, onClose }: { readonly of: Chosen; readonly onClose: () => void }) => {
  const { bank } = of;
  if (of.kind === "state") return <StateDialog bank={bank} onClose={onClose} />;
  if (of.kind === "revoke") return <RevokeDialog bank={bank} kid={of.kid} onClose={onClose} />;
  return <RegisterDialog bank={bank} onClose={onClose} />;
};

const Acts = ({ of: bank, open }: { readonly of: Participant; readonly open: Open }) => {
  const words = useWords("operatorRail");
  return (
    <Line>
      <Button small onClick={() => open({ kind: "register", bank })}>
        {words.register}
      </Button>
      <Button small onClick={() => open({ kind: "state", bank })}>
        {bank.state === "active" ? words.suspend : words.resume}
      </Button>
    </Line>
  );
};

const stateOf = (bank: Participant, words: Words["operatorRail"]): { readonly word: string; readonly tone: Tone } => {
  if (bank.state === "suspended") return { word: words.suspended, tone: "danger" };
  if (!bank.reachable) return { word: words.unreachable, tone: "danger" };
  const isUnproven = bank.mode === "production" && bank.callback_url !== null && bank.callback_proven_at === null;
  return isUnproven ? { word: words.unproven, tone: "soon" } : { word: words.active, tone: "done" };
};

type Key = Participant["keys"][number];

const Keys = ({ of: bank, open }: { readonly of: Participant; readonly open: Open }) => {
  const words = useWords("operatorRail");
  const validity = useValidity();
  if (bank.keys.length === 0) return <Badge tone="soon">{words.noKeys}</Badge>;
  return (
    <ul className={css.keys}>
      {bank.keys.map((key) => (
        <li key={key.kid} className={css.cell}>
          <code>
            {key.kid} · {key.alg}
          </code>
          <Muted>{validity(key)}</Muted>
          {key.revoked_at === null && (
            <Button kind="quiet" small onClick={() => open({ kind: "revoke", bank, kid: key.kid })}>
              {words.revoke}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
};

const useValidity = (): ((key: Key) => string) => {
  const words = useWords("operatorRail");
  const language = useLanguage();
  const at = (seconds: number) => dayAndTime(new Date(seconds * SECOND).toISOString(), language);
  return ({ nbf, exp, revoked_at }) => {
    const now = serverClock.now() / SECOND;
    if (revoked_at !== null) return words.keyRevoked({ at: dayAndTime(revoked_at, language) });
    if (exp !== null && exp <= now) return words.keyOver({ at: at(exp) });
    if (nbf !== null && nbf > now) return words.keyLater({ from: at(nbf) });
    return exp === null ? words.keyOpen : words.keyValid({ until: at(exp) });
  };
};
