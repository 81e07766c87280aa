/** Calling an operator: why, in one's own words, with files, and what happens next. */
import { useState } from "react";
import type { ActCall } from "../../data/mutations.ts";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, MAX_COMMENT, useOrderAct } from "./dialog.ts";
import { EnclosedField, useEnclosed } from "./Enclosed.tsx";
import { callOperator, type OperatorCall, REASONS, type Reason } from "./queries.ts";

export const OperatorDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const [reason, setReason] = useState<Reason | null>(null);
  const [comment, setComment] = useState("");
  const { uploads, send } = useEnclosed(order.id);
  const act = useOrderAct(
    props,
    async (said: OperatorCall, call: ActCall) => (await send()) ?? callOperator(said, call),
  );
  const missing = reason === null ? orderRoom.operatorReason : uploads.isUploading ? orderRoom.fileOnItsWay : undefined;
  return (
    <Dialog
      title={orderRoom.operatorDialog}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={missing}>
          <Button
            kind="primary"
            wide
            busy={act.busy}
            disabled={missing !== undefined}
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
      <EnclosedField uploads={uploads} word={orderRoom.attachFiles} disabled={act.state !== "idle"} />
      <p>{orderRoom.operatorNext}</p>
      <Refused error={act.failure} />
    </Dialog>
  );
};
