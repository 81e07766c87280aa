/** Chat, steps, ledger lines and operators' acts on one thread, in the order of time, each kind with a box to hide it. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import type { Case, Dossier } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { Knot, Thread } from "../../ui/Thread.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { Evidence } from "./Evidence.tsx";
import { nameOf } from "./names.ts";
import { hideLine, refreshCase } from "./queries.ts";
import { type FileTold, GROUPS, type Group, storyOf, type Told } from "./story.ts";

const WORDS: Readonly<Record<Group, "showChat" | "showSteps" | "showMoney" | "showOperators">> = {
  chat: "showChat",
  steps: "showSteps",
  money: "showMoney",
  operators: "showOperators",
};

type Props = { readonly of: Case; readonly dossier: Dossier };

export const Story = ({ of, dossier }: Props) => {
  const operator = useWords("operator");
  const [shown, setShown] = useState<ReadonlySet<Group>>(new Set(["chat", "steps", "money"]));
  const [hiding, setHiding] = useState<number | null>(null);
  const [viewed, setViewed] = useState<FileTold | null>(null);
  const toggle = (group: Group) => (on: boolean) =>
    setShown((before) => new Set(GROUPS.filter((one) => (one === group ? on : before.has(one)))));
  return (
    <Stack>
      <fieldset className={css.filters}>
        <legend>{operator.filters}</legend>
        {GROUPS.map((group) => (
          <Checkbox key={group} checked={shown.has(group)} onChange={toggle(group)}>
            {operator[WORDS[group]]}
          </Checkbox>
        ))}
      </fieldset>
      <Thread label={operator.story}>
        {storyOf(dossier)
          .filter(({ group }) => shown.has(group))
          .map((told) => (
            <Entry
              key={told.key}
              told={told}
              of={of}
              onHide={of.assigned_to_me ? setHiding : null}
              onView={setViewed}
            />
          ))}
      </Thread>
      {viewed !== null && <Evidence of={of} file={viewed} onClose={() => setViewed(null)} />}
      {hiding !== null && <HideDialog orderId={of.order_id} seq={hiding} onClose={() => setHiding(null)} />}
    </Stack>
  );
};

type EntryProps = {
  readonly told: Told;
  readonly of: Case;
  readonly onHide: ((seq: number) => void) | null;
  readonly onView: (file: FileTold) => void;
};

const Entry = ({ told, of, onHide, onView }: EntryProps) => {
  const text = useText();
  const operator = useWords("operator");
  const language = useLanguage();
  const { bare } = useMoney();
  const time = { time: told.at, shownTime: dayAndTime(told.at, language) };

  switch (told.kind) {
    case "line":
      return (
        <Knot {...time} state={told.byOperator ? "operator" : "done"} title={nameOf(of, told.sender, text)}>
          {told.hidden && <p className={css.hidden}>{operator.hiddenLine}</p>}
          <p className={css.text}>{told.message}</p>
          {onHide !== null && !told.hidden && !told.byOperator && (
            <Button kind="quiet" small onClick={() => onHide(told.seq)}>
              {operator.hide}
            </Button>
          )}
        </Knot>
      );
    case "file":
      return (
        <Knot {...time} state="done" title={nameOf(of, told.sender, text)}>
          <Attached file={told} of={of} onView={onView} />
          <p className={css.hash}>{operator.hash({ hash: told.sha256 })}</p>
        </Knot>
      );
    case "step":
      return (
        <Knot
          {...time}
          state={told.status === "disputed" ? "danger" : "done"}
          title={operator.status({ status: wordOf(text.order, told.status) })}
          who={nameOf(of, told.actor, text)}
        >
          {told.details !== "" && <p className={css.text}>{told.details}</p>}
        </Knot>
      );
    case "money":
      return (
        <Knot
          {...time}
          state="done"
          title={operator.transfer({ kind: wordOf(operator.transfers, told.what), amount: bare(told.amount) })}
        />
      );
    case "act":
      return (
        <Knot {...time} state="operator" title={wordOf(operator.acts, told.act)} who={nameOf(of, told.actor, text)}>
          {told.details !== "" && <p className={css.text}>{told.details}</p>}
        </Knot>
      );
  }
};

type AttachedProps = Pick<EntryProps, "of" | "onView"> & { readonly file: FileTold };

/** Whose case it is may look at it. */
const Attached = ({ file, of, onView }: AttachedProps) => {
  const operator = useWords("operator");
  const name = operator.attachment({ name: file.name });
  return of.assigned_to_me ? (
    <Button kind="quiet" small icon="file" onClick={() => onView(file)}>
      {name}
    </Button>
  ) : (
    <p className={css.text}>
      {name}. {operator.takeToLook}
    </p>
  );
};

/** What the server names; as it does where there is no word for it. */
const wordOf = (words: object, name: string): string => {
  const word: unknown = Reflect.get(words, name);
  return typeof word === "string" ? word : name.replaceAll("_", " ");
};

const HideDialog = ({
  orderId,
  seq,
  onClose,
}: {
  readonly orderId: number;
  readonly seq: number;
  readonly onClose: () => void;
}) => {
  const operator = useWords("operator");
  const [reason, setReason] = useState("");
  const act = useAct({
    send: hideLine,
    onDone: () => {
      refreshCase();
      onClose();
    },
  });
  const missing = reason.trim() === "";
  return (
    <Dialog
      title={operator.hideTitle}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={missing ? operator.whyMissing : undefined}>
          <Button
            kind="danger"
            wide
            busy={act.busy}
            disabled={missing}
            onClick={() => act.submit({ orderId, seq, reason: reason.trim() })}
          >
            {operator.hide}
          </Button>
        </Reasoned>
      }
    >
      <p>{operator.hideText}</p>
      <TextArea
        label={operator.hideReason}
        value={reason}
        maxLength={1_000}
        onChange={({ target }) => setReason(target.value)}
      />
      <Refused error={act.failure} />
    </Dialog>
  );
};
