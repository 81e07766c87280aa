/** Cancel: a warning to whoever has sent money; "Keep the order" has the focus. */
import { EndDialog } from "../../ui/EndDialog.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, useOrderAct } from "./dialog.ts";
import { cancelOrder } from "./queries.ts";

export const CancelDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const act = useOrderAct(props, cancelOrder);
  return (
    <EndDialog
      title={orderRoom.cancelDialog}
      end={orderRoom.cancelConfirm}
      keep={orderRoom.cancelKeep}
      busy={act.busy}
      error={act.failure}
      onEnd={() => act.submit(order)}
      onClose={onClose}
    >
      {order.role === "buyer" && <Notice tone="danger">{orderRoom.cancelSent}</Notice>}
      {order.cancels_left !== null && <p>{orderRoom.cancelsLeft({ n: order.cancels_left })}</p>}
    </EndDialog>
  );
};
