/** Cancel: a warning to whoever has sent money; "Keep the order" has the focus. */
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, useOrderAct } from "./dialog.ts";
import { cancelOrder } from "./queries.ts";

export const CancelDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const act = useOrderAct(props, cancelOrder);
  return (
    <Dialog
      title={orderRoom.cancelDialog}
      onClose={onClose}
      focus="first"
      locked={act.state !== "idle"}
      actions={
        <>
          <Button kind="danger" busy={act.busy} onClick={() => act.submit(order)}>
            {orderRoom.cancelConfirm}
          </Button>
          <Button data-first="" onClick={onClose} disabled={act.state !== "idle"}>
            {orderRoom.cancelKeep}
          </Button>
        </>
      }
    >
      {order.role === "buyer" && <Notice tone="danger">{orderRoom.cancelSent}</Notice>}
      {order.cancels_left !== null && <p>{orderRoom.cancelsLeft({ n: order.cancels_left })}</p>}
      <Refused error={act.failure} />
    </Dialog>
  );
};
