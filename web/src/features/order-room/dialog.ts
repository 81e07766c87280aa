/** What the dialogs of the order room share. */
import { useEffect, useRef } from "react";
import type { Act } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Order } from "../../data/types.ts";

export type Opened = {
  readonly kind: "paid" | "release" | "cancel" | "operator";
  /** In which the order was when it was opened. */
  readonly status: Order["status"];
};

export type DialogProps = {
  readonly order: Order;
  readonly opened: Opened;
  readonly onClose: () => void;
  readonly onMovedOn: () => void;
};

/** Puts the answer of an act where every page reads it. */
export const putOrder = (order: Order): void => {
  queryClient.setQueryData(keys.order(order.id), order);
  void queryClient.invalidateQueries({ queryKey: keys.me });
};

/** Closes the dialog when the order is no longer what it was opened for, unless this very act moved it. */
export const useMovedOn = ({ order, opened, onMovedOn }: DialogProps, act: Pick<Act<never>, "state">): void => {
  const done = useRef(onMovedOn);
  done.current = onMovedOn;
  const moved = order.status !== opened.status && act.state === "idle";
  useEffect(() => {
    if (moved) done.current();
  }, [moved]);
};
