/** Release: three boxes, and nothing that Enter could press. The focus begins at the heading. */
import { useState } from "react";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, useOrderAct } from "./dialog.ts";
import { confirmReceived } from "./queries.ts";

export const ReleaseDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const { fiat, bare } = useMoney();
  const [ticked, setTicked] = useState({ bank: false, exact: false, sender: false });
  const act = useOrderAct(props, confirmReceived);
  const all = ticked.bank && ticked.exact && ticked.sender;
  const amount = bare(order.usdt_amount);
  const tick = (box: keyof typeof ticked) => (on: boolean) => setTicked((before) => ({ ...before, [box]: on }));
  return (
    <Dialog
      title={<Say of={orderRoom.releaseDialog} with={{ amount, name: <Name of={order.buyer} /> }} />}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={all ? undefined : orderRoom.releaseTick}>
          <Button kind="primary" wide busy={act.busy} disabled={!all} onClick={() => act.submit(order)}>
            {orderRoom.releaseConfirm({ amount })}
          </Button>
        </Reasoned>
      }
    >
      <Notice tone="danger">{orderRoom.releaseFinal}</Notice>
      <div>
        <Checkbox checked={ticked.bank} onChange={tick("bank")}>
          {orderRoom.releaseBank}
        </Checkbox>
        <Checkbox checked={ticked.exact} onChange={tick("exact")}>
          {orderRoom.releaseExact({ amount: fiat(order.fiat_amount, order.fiat_currency) })}
        </Checkbox>
        <Checkbox checked={ticked.sender} onChange={tick("sender")}>
          <Say of={orderRoom.releaseSender} with={{ name: <Name of={order.buyer} /> }} />
        </Checkbox>
      </div>
      <Refused error={act.failure} />
    </Dialog>
  );
};
