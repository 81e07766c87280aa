/**
 * What hands the amount over to the buyer: release out of escrow, and honour a claim out of the balance. Three boxes, and
 * nothing that Enter could press. The focus begins at the heading.
 */
import { type ReactNode, useRef, useState } from "react";
import { serverClock } from "../../data/clock.ts";
import { giveFactor, useOwnWays } from "../../data/factor.ts";
import type { ActCall } from "../../data/mutations.ts";
import { useSession } from "../../data/session.ts";
import type { Order } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Checkbox } from "../../ui/Choice.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { ProofField, useProofForm } from "../../ui/ProofField.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type DialogProps, type Refusal, useOrderAct } from "./dialog.ts";
import { confirmReceived, honourClaim } from "./queries.ts";

type Words = { readonly title: ReactNode; readonly text: ReactNode; readonly confirm: string };

const HandOverDialog = ({
  words,
  send,
  ...props
}: DialogProps & { readonly words: Words; readonly send: typeof confirmReceived | typeof honourClaim }) => {
  const { order, onClose } = props;
  const orderRoom = useWords("orderRoom");
  const security = useWords("security");
  const { fiat } = useMoney();
  const [ticked, setTicked] = useState({ bank: false, exact: false, sender: false });
  const factor = useFactor();
  const act = useOrderAct(props, async (of: Order, call: ActCall) => {
    const refused = await factor.give();
    return refused ?? send(of, call);
  });
  const all = ticked.bank && ticked.exact && ticked.sender;
  const tick = (box: keyof typeof ticked) => (on: boolean) => setTicked((before) => ({ ...before, [box]: on }));
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={all ? (factor.isGiven ? undefined : security.factorNeeded) : orderRoom.releaseTick}>
          <Button
            kind="primary"
            wide
            busy={act.busy}
            disabled={!all || !factor.isGiven}
            onClick={() => act.submit(order)}
          >
            {words.confirm}
          </Button>
        </Reasoned>
      }
    >
      <Notice tone="danger">{words.text}</Notice>
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
      {factor.isAsked && <ProofField of={factor.form} />}
      <Refused error={act.failure} />
    </Dialog>
  );
};

/** The second factor of a seller who has one on and has not just given it: given before the act, once. */
const useFactor = () => {
  const { person } = useSession();
  /** An act whose fate is not known is asked about again: its code was taken, and is not given twice. */
  const given = useRef(false);
  const until = person?.stepped_up_until ?? null;
  const isGood = until !== null && Date.parse(until) > serverClock.now();
  const isAsked = person?.second_factor.enabled === true && !isGood && !given.current;
  const form = useProofForm(useOwnWays(isAsked));
  return {
    isAsked,
    form,
    isGiven: !isAsked || form.isGiven,
    /** @returns why not */
    async give(): Promise<Refusal | null> {
      if (!isAsked || given.current) return null;
      const result = await giveFactor(form);
      given.current = result.ok;
      if (!result.ok) form.type("");
      return result.ok ? null : result;
    },
  };
};

export const ReleaseDialog = (props: DialogProps) => {
  const orderRoom = useWords("orderRoom");
  const amount = useMoney().bare(props.order.usdt_amount);
  const words = {
    title: <Say of={orderRoom.releaseDialog} with={{ amount, name: <Name of={props.order.buyer} /> }} />,
    text: orderRoom.releaseFinal,
    confirm: orderRoom.releaseConfirm({ amount }),
  };
  return <HandOverDialog {...props} words={words} send={confirmReceived} />;
};

export const HonourDialog = (props: DialogProps) => {
  const orderRoom = useWords("orderRoom");
  const amount = useMoney().bare(props.order.usdt_amount);
  const words = {
    title: <Say of={orderRoom.honourDialog} with={{ amount, name: <Name of={props.order.buyer} /> }} />,
    text: orderRoom.honourFinal,
    confirm: orderRoom.honourConfirm({ amount }),
  };
  return <HandOverDialog {...props} words={words} send={honourClaim} />;
};
