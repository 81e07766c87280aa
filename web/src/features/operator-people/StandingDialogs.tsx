/** Suspending somebody and letting go on: each with a reason, which is kept. */
import { type ReactNode, useState } from "react";
import { type Act, useAct } from "../../data/mutations.ts";
import type { PersonFacts } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { lift, refreshPeople, suspend } from "./queries.ts";

type Props = { readonly of: PersonFacts; readonly onClose: () => void };

const MAX_REASON = 1_000;

/** The person is read anew, and the dialog is done with. */
const doneWith = (onClose: () => void) => () => {
  refreshPeople();
  onClose();
};

type Shape = {
  readonly title: ReactNode;
  readonly text: string;
  readonly word: string;
  readonly kind: "danger" | "secondary";
  readonly act: Pick<Act<never>, "state" | "busy" | "failure">;
  /** Why it cannot be sent yet, beside a missing reason. */
  readonly missing?: string | undefined;
  readonly onClose: () => void;
  readonly onSend: (reason: string) => void;
  readonly children?: ReactNode;
};

const WithReason = ({ title, text, word, kind, act, missing, onClose, onSend, children }: Shape) => {
  const { whyMissing } = useWords("operator");
  const people = useWords("operatorPeople");
  const [reason, setReason] = useState("");
  const lacking = reason.trim() === "" ? whyMissing : missing;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={lacking}>
          <Button
            kind={kind}
            wide
            busy={act.busy}
            disabled={lacking !== undefined}
            onClick={() => onSend(reason.trim())}
          >
            {word}
          </Button>
        </Reasoned>
      }
    >
      <p>{text}</p>
      {children}
      <TextArea
        label={people.reason}
        value={reason}
        maxLength={MAX_REASON}
        onChange={({ target }) => setReason(target.value)}
      />
      <Refused error={act.failure} />
    </Dialog>
  );
};

export const SuspendDialog = ({ of, onClose }: Props) => {
  const people = useWords("operatorPeople");
  const act = useAct({ send: suspend, onDone: doneWith(onClose) });
  const { profile } = of;
  return (
    <WithReason
      title={<Say of={people.suspendTitle} with={{ name: <Name of={profile} /> }} />}
      text={people.suspendText}
      word={people.suspend}
      kind="danger"
      act={act}
      onClose={onClose}
      onSend={(reason) => act.submit({ id: profile.id, reason })}
    />
  );
};

/** A debt goes on stopping its debtor, unless it is excused in so many words. */
export const LiftDialog = ({ of, onClose }: Props) => {
  const people = useWords("operatorPeople");
  const { bare } = useMoney();
  const [despiteDebt, setDespiteDebt] = useState(false);
  const act = useAct({ send: lift, onDone: doneWith(onClose) });
  const { profile, standing } = of;
  return (
    <WithReason
      title={<Say of={people.liftTitle} with={{ name: <Name of={profile} /> }} />}
      text={people.liftText}
      word={people.lift}
      kind="secondary"
      act={act}
      missing={standing.suspended === "debt" && !despiteDebt ? people.tickDebt : undefined}
      onClose={onClose}
      onSend={(reason) => act.submit({ id: profile.id, reason, despiteDebt })}
    >
      {standing.owed > 0 && (
        <Checkbox checked={despiteDebt} onChange={setDespiteDebt}>
          {people.despiteDebt({ amount: bare(standing.owed) })}
        </Checkbox>
      )}
    </WithReason>
  );
};
