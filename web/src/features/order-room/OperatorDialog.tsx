/** Calling an operator: why, in one's own words, and what happens next. */
import { useState } from "react";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, MAX_COMMENT, useOrderAct } from "./dialog.ts";
import { callOperator, REASONS, type Reason } from "./queries.ts";

export const OperatorDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const [reason, setReason] = useState<Reason | null>(null);
  const [comment, setComment] = useState("");
  const act = useOrderAct(props, callOperator);
  return (
    <Dialog
      title={orderRoom.operatorDialog}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={reason === null ? orderRoom.operatorReason : undefined}>
          <Button
            kind="primary"
            wide
            busy={act.busy}
            disabled={reason === null}
            onClick={() => reason !== null && act.submit({ order, reason, comment })}
          >
            {orderRoom.callOperator}
          </Button>
        </Reasoned>
      }
    >
      <RadioCards
        legend={orderRoom.operatorReason}
        name="reason"
        value={reason}
        onChange={setReason}
        options={REASONS[order.role].map((value) => ({ value, label: orderRoom[value] }))}
      />
      <TextArea
        label={orderRoom.operatorComment}
        optional
        maxLength={MAX_COMMENT}
        value={comment}
        onChange={({ target: { value } }) => setComment(value)}
      />
      <p>{orderRoom.operatorNext}</p>
      <Refused error={act.failure} />
    </Dialog>
  );
};
