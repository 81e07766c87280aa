/** The dialogs of the order room; one at a time. Each closes by itself when the order moves on elsewhere. */
import { useEffect, useRef } from "react";
import type { Act } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Order } from "../../data/types.ts";
import { CancelDialog } from "./CancelDialog.tsx";
import { OperatorDialog } from "./OperatorDialog.tsx";
import { PaidDialog } from "./PaidDialog.tsx";
import { ReleaseDialog } from "./ReleaseDialog.tsx";

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

const DIALOGS = { paid: PaidDialog, release: ReleaseDialog, cancel: CancelDialog, operator: OperatorDialog };

export const Dialogs = (props: DialogProps) => {
  const Shown = DIALOGS[props.opened.kind];
  return <Shown {...props} />;
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
