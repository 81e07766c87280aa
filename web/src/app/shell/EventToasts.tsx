/** Says what happened to other orders than the one that is looked at, once, in the tab that is in front. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useMe } from "../../data/me.ts";
import { counterpartyOf } from "../../data/orders.ts";
import { useSession } from "../../data/session.ts";
import type { Order, ParleyEvent } from "../../data/types.ts";
import type { IconName } from "../../ui/Icon.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useText } from "../../ui/text.tsx";
import { useTitlePrefix } from "../../ui/title.ts";
import { onEvent } from "../live.ts";

type Told = {
  readonly orderId: number;
  readonly what:
    | "toastNew"
    | "toastPaid"
    | "toastReleased"
    | "toastDisputed"
    | "toastCancelled"
    | "toastClaimed"
    | "toastHonoured"
    | "toastMessage";
  readonly icon: IconName;
  readonly order: Order | null;
};

const BY_ACTION: Readonly<Record<string, Pick<Told, "what" | "icon">>> = {
  create: { what: "toastNew", icon: "orders" },
  "confirm-paid": { what: "toastPaid", icon: "clock" },
  "confirm-received": { what: "toastReleased", icon: "check" },
  release: { what: "toastReleased", icon: "check" },
  "call-operator": { what: "toastDisputed", icon: "warning" },
  escalate: { what: "toastDisputed", icon: "warning" },
  cancel: { what: "toastCancelled", icon: "close" },
  expire: { what: "toastCancelled", icon: "close" },
  claim: { what: "toastClaimed", icon: "warning" },
  honour: { what: "toastHonoured", icon: "check" },
  compensate: { what: "toastHonoured", icon: "check" },
  refund: { what: "toastCancelled", icon: "close" },
};

/** What the reader is told of an event; null for what the reader did, or need not be told. */
const toldOf = (event: ParleyEvent, me: string): Told | null => {
  if (event.type === "order.updated" && "action" in event.data) {
    const { order, action, by } = event.data;
    const words = BY_ACTION[action];
    return words === undefined || by === order.role ? null : { ...words, orderId: order.id, order };
  }
  if (event.type === "message.created") {
    const { message, kind, order_id } = event.data;
    if (kind === "system" || message.sender === me) return null;
    return { what: "toastMessage", icon: "chats", orderId: order_id, order: null };
  }
  return null;
};

export const EventToasts = () => {
  const text = useText();
  const toast = useToast();
  const session = useSession();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const latest = useRef({ path, text });
  latest.current = { path, text };
  const id = session.person?.id ?? null;
  useEffect(() => {
    if (id === null) return;
    return onEvent((event) => {
      const told = toldOf(event, id);
      const { path: here, text: words } = latest.current;
      if (told === null || document.visibilityState !== "visible" || here.startsWith(`/orders/${told.orderId}`)) return;
      const name = told.order === null ? "" : (counterpartyOf(told.order).name ?? words.common.nameless);
      toast({
        icon: told.icon,
        text: (
          <Link to="/orders/$orderId" params={{ orderId: String(told.orderId) }}>
            {words.frame[told.what]({ id: String(told.orderId), name })}
          </Link>
        ),
      });
    });
  }, [id, toast]);
  return <Waiting />;
};

/** "(2) " before the title: orders that wait for the reader, and chats with unread lines. */
const Waiting = () => {
  const me = useMe();
  const count = (me.data?.your_turn.length ?? 0) + (me.data?.unread_total ?? 0);
  useTitlePrefix(count === 0 ? "" : `(${count}) `);
  return null;
};
