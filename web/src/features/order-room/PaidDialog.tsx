/** "I have paid": the sum and the recipient once more, from one's own account, perhaps a receipt; "Not yet" has the focus. */
import { useState } from "react";
import type { ActCall } from "../../data/mutations.ts";
import type { Order } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Choice.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Name, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, useOrderAct } from "./dialog.ts";
import { EnclosedField, useEnclosed } from "./Enclosed.tsx";
import { confirmPaid } from "./queries.ts";

/** The last four of the digits of where to pay, by which a bank's app shows it; null where there are too few. */
const lastDigits = (details: Readonly<Record<string, string>>): string | null => {
  const found = Object.values(details)
    .map((value) => value.replace(/\D/g, ""))
    .find((digits) => digits.length >= 8);
  return found === undefined ? null : found.slice(-4);
};

export const PaidDialog = (props: DialogProps) => {
  const { order, onClose } = props;
  const { common } = useText();
  const orderRoom = useWords("orderRoom");
  const { fiat } = useMoney();
  const [own, setOwn] = useState(false);
  const { uploads, send } = useEnclosed(order.id);
  const act = useOrderAct(props, async (of: Order, call: ActCall) => (await send()) ?? confirmPaid(of, call));
  const missing = own ? (uploads.isUploading ? orderRoom.fileOnItsWay : undefined) : orderRoom.paidOwnNeeded;
  const amount = fiat(order.fiat_amount, order.fiat_currency);
  const digits = lastDigits(order.payment_details as Readonly<Record<string, string>>);
  return (
    <Dialog
      title={orderRoom.paidDialog({ amount })}
      onClose={onClose}
      focus="first"
      locked={act.state !== "idle"}
      actions={
        <>
          <Button data-first="" onClick={onClose} disabled={act.state !== "idle"}>
            {common.notYet}
          </Button>
          <Reasoned reason={missing}>
            <Button
              kind="primary"
              wide
              busy={act.busy}
              disabled={missing !== undefined}
              onClick={() => act.submit(order)}
            >
              {orderRoom.paidConfirm}
            </Button>
          </Reasoned>
        </>
      }
    >
      <Rows
        rows={[
          { label: orderRoom.amount, value: amount },
          { label: orderRoom.paidTo, value: <Name of={order.seller} /> },
          ...(digits === null ? [] : [{ label: orderRoom.paidDigits, value: digits }]),
        ]}
      />
      <Checkbox checked={own} onChange={setOwn}>
        {orderRoom.paidOwn}
      </Checkbox>
      <EnclosedField uploads={uploads} word={orderRoom.attachReceipt} disabled={act.state !== "idle"} />
      <Refused error={act.failure} />
    </Dialog>
  );
};
