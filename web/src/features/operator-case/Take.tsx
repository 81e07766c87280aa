/** Taking a case: from nobody, or from another operator with a reason. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import type { Case } from "../../data/types.ts";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { refreshCase, takeCase } from "./queries.ts";

/** Nobody decides a case that is not his: it is taken first, and from another with a reason. */
export const Take = ({ of, isMeanwhile }: { readonly of: Case; readonly isMeanwhile: boolean }) => {
  const operator = useWords("operator");
  const [reason, setReason] = useState("");
  const act = useAct({ send: takeCase, onDone: refreshCase, onRefused: refreshCase });
  const isOthers = of.assigned_to !== null;
  const missing = isOthers && reason.trim() === "";
  return (
    <Stack>
      {isMeanwhile && (
        <Notice tone="soon" title={operator.takenMeanwhile} aloud>
          {operator.settledMeanwhileText}
        </Notice>
      )}
      <Notice tone="info">{isOthers ? operator.othersCase({ name: of.assigned_to ?? "" }) : operator.takeFirst}</Notice>
      {isOthers && (
        <TextArea
          label={operator.takeOverReason}
          value={reason}
          maxLength={1_000}
          onChange={({ target }) => setReason(target.value)}
        />
      )}
      <Reasoned reason={missing ? operator.whyMissing : undefined}>
        <Button
          kind="primary"
          wide
          busy={act.busy}
          disabled={missing}
          onClick={() => act.submit({ orderId: of.order_id, reason: isOthers ? reason.trim() : null })}
        >
          {isOthers ? operator.takeOver : operator.takeCase}
        </Button>
      </Reasoned>
      <Refused error={act.failure} />
    </Stack>
  );
};
