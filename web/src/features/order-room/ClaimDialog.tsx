/** "I had paid" for an order that was cancelled: in one's own words, and what happens next. */
import { useState } from "react";
import { useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, MAX_COMMENT, useOrderAct } from "./dialog.ts";
import { claimOrder } from "./queries.ts";

export const ClaimDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const { fiat } = useMoney();
  const [comment, setComment] = useState("");
  const act = useOrderAct(props, claimOrder);
  return (
    <Dialog
      title={orderRoom.claimDialog({ amount: fiat(order.fiat_amount, order.fiat_currency) })}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Button kind="primary" wide busy={act.busy} onClick={() => act.submit({ order, comment })}>
          {orderRoom.claimConfirm}
        </Button>
      }
    >
      <p>
        <Say of={orderRoom.claimNext} with={{ name: <Name of={order.seller} /> }} />
      </p>
      <p>{orderRoom.claimFalse}</p>
      <TextArea
        label={orderRoom.claimComment}
        optional
        maxLength={MAX_COMMENT}
        value={comment}
        onChange={({ target: { value } }) => setComment(value)}
      />
      <Refused error={act.failure} />
    </Dialog>
  );
};
