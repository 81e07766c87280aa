/** What the dialogs of the order room share. */
import type { Result } from "@parley/client";
import { useEffect, useRef } from "react";
import { type Act, type ActCall, useAct } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Failure, Order } from "../../data/types.ts";

/** Of whatever is told to an operator; as long as the server takes. */
export const MAX_COMMENT = 1_000;

/** Why an act that comes before another one was not done. */
export type Refusal = Extract<Result<never, Failure>, { readonly ok: false }>;

export type Opened = {
  readonly kind: "paid" | "release" | "cancel" | "operator" | "claim" | "honour";
  /** In which the order was when it was opened, and its claim. */
  readonly status: Order["status"];
  readonly claim: Order["claim"];
};

export type DialogProps = {
  readonly order: Order;
  readonly opened: Opened;
  readonly onClose: () => void;
  readonly onMovedOn: () => void;
};

/** Puts the answer of an act where every page reads it. */
const putOrder = (order: Order): void => {
  queryClient.setQueryData(keys.order(order.id), order);
  void queryClient.invalidateQueries({ queryKey: keys.me });
};

/** Closes the dialog when the order is no longer what it was opened for, unless this very act moved it. */
const useMovedOn = ({ order, opened, onMovedOn }: DialogProps, act: Pick<Act<never>, "state">): void => {
  const done = useRef(onMovedOn);
  done.current = onMovedOn;
  const moved = (order.status !== opened.status || order.claim !== opened.claim) && act.state === "idle";
  useEffect(() => {
    if (moved) done.current();
  }, [moved]);
};

/** The act of a dialog: what it comes to is shown everywhere, and the dialog closes, as it does when the order moves on. */
export const useOrderAct = <Input>(
  props: DialogProps,
  send: (input: Input, call: ActCall) => Promise<Result<Order, Failure>>,
): Act<Input> => {
  const act = useAct({
    send,
    onDone: (done: Order) => {
      props.onClose();
      putOrder(done);
    },
  });
  useMovedOn(props, act);
  return act;
};
