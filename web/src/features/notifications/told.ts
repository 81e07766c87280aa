/** What a reader is told of an event: its kind, its sentence, and where it leads. Pure; the bell, toasts and the browser say it. */
import type { Order, ParleyEvent } from "../../data/types.ts";
import type { Words } from "../../locales/index.ts";
import type { IconName } from "../../ui/Icon.tsx";

/** What somebody may choose to be told of. Everything is in the bell's list. */
export const KINDS = ["new", "message", "paid", "released", "cancelled", "dispute", "time"] as const;
export type Kind = (typeof KINDS)[number];

export type Happened = Extract<
  ParleyEvent,
  { readonly type: "order.updated" | "message.created" | "security.updated" }
>;

type Sentences = Words["notices"]["happened"];
type Security = keyof Words["notices"]["security"];

export type Told = {
  /** Of the event: the same in every tab. */
  readonly id: string;
  /** `security` is always told; null stands in the list alone. */
  readonly kind: Kind | "security" | null;
  readonly says: keyof Sentences | { readonly security: Security; readonly device: string | null };
  readonly icon: IconName;
  readonly order: Order | null;
  readonly orderId: number | null;
  /** The line itself, for the list: what is shown over other programs names no words. */
  readonly line: string | null;
  readonly at: string;
};

type Entry = Pick<Told, "kind" | "icon"> & { readonly says: keyof Sentences };

const BY_ACTION: Readonly<Record<string, Entry>> = {
  create: { kind: "new", says: "new", icon: "orders" },
  "confirm-paid": { kind: "paid", says: "paid", icon: "clock" },
  "confirm-received": { kind: "released", says: "released", icon: "check" },
  cancel: { kind: "cancelled", says: "cancelled", icon: "close" },
  expire: { kind: "cancelled", says: "expired", icon: "close" },
  "call-operator": { kind: "dispute", says: "disputed", icon: "warning" },
  escalate: { kind: "dispute", says: "disputed", icon: "warning" },
  release: { kind: "dispute", says: "decided", icon: "operator" },
  refund: { kind: "dispute", says: "decided", icon: "operator" },
  split: { kind: "dispute", says: "decided", icon: "operator" },
  claim: { kind: "dispute", says: "claimed", icon: "warning" },
  honour: { kind: "dispute", says: "honoured", icon: "check" },
  compensate: { kind: "dispute", says: "decided", icon: "operator" },
  dismiss: { kind: "dispute", says: "decided", icon: "operator" },
};

/** Null for what the reader did, or need not be told. @param me the reader's id */
export const toldOf = (event: ParleyEvent, me: string): Told | null => {
  const { id } = event;
  switch (event.type) {
    case "order.updated": {
      const { order, by, at } = event.data;
      if (by === order.role) return null;
      const about = { id, order, orderId: order.id, line: null, at };
      if ("rated" in event.data) return { ...about, kind: null, says: "rated", icon: "star" };
      const words = BY_ACTION[event.data.action];
      return words === undefined ? null : { ...about, ...words };
    }
    case "message.created": {
      const { message, kind, order_id } = event.data;
      if (kind === "system" || message.sender === me) return null;
      return {
        id,
        kind: "message",
        says: kind === "operator" ? "operatorMessage" : "message",
        icon: kind === "operator" ? "operator" : "chats",
        order: null,
        orderId: order_id,
        line: message.message === "" ? null : message.message,
        at: message.created_at,
      };
    }
    case "security.updated": {
      const { change, device, name, at } = event.data;
      const says = { security: change, device: device ?? name ?? null };
      return { id, kind: "security", says, icon: "shield", order: null, orderId: null, line: null, at };
    }
    default:
      return null;
  }
};

/** Where a notice leads: to its order, or to where one sees how one comes in. */
export const linkOf = ({ orderId }: Told) =>
  orderId === null
    ? ({ to: "/me/security" } as const)
    : ({ to: "/orders/$orderId", params: { orderId: String(orderId) } } as const);

/** So long before a deadline its reader is told once more. */
export const FIVE_MINUTES_MS = 300_000;

/** The clock is about to act on an order that waits for the reader. */
export const timeToldOf = (orderId: number, until: string): Told => ({
  id: `time ${orderId} ${until}`,
  kind: "time",
  says: "time",
  icon: "clock",
  order: null,
  orderId,
  line: null,
  at: new Date(Date.parse(until) - FIVE_MINUTES_MS).toISOString(),
});
