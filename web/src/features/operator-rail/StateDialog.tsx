/** A bank is suspended, or let go on. */
import type { Participant } from "../../data/types.ts";
import { Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { ActDialog } from "./ActDialog.tsx";
import { setState } from "./queries.ts";

type Props = { readonly bank: Participant; readonly onClose: () => void };

export const StateDialog = ({ bank, onClose }: Props) => {
  const words = useWords("operatorRail");
  const isSuspending = bank.state === "active";
  const named = { bank: <bdi key="bank">{bank.name}</bdi> };
  return (
    <ActDialog
      title={<Say of={isSuspending ? words.suspendTitle : words.resumeTitle} with={named} />}
      word={isSuspending ? words.suspend : words.resume}
      kind={isSuspending ? "danger" : "primary"}
      input={{ guid: bank.guid, state: isSuspending ? ("suspended" as const) : ("active" as const) }}
      send={setState}
      onClose={onClose}
    >
      <p>{isSuspending ? words.suspendText : words.resumeText}</p>
    </ActDialog>
  );
};
