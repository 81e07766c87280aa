/** The state of an order: a colour, an icon and a word. */
import type { Order } from "../../data/types.ts";
import { Badge, type Tone } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";

const TONES: Readonly<Record<Order["status"], Tone>> = {
  pending: "soon",
  paid_by_buyer: "info",
  disputed: "danger",
  completed: "done",
  cancelled: "plain",
};

export const StateBadge = ({ order }: { readonly order: Pick<Order, "status" | "outcome" | "claim"> }) => {
  const text = useText();
  if (order.claim === "open") return <Badge tone="danger">{text.order.claim}</Badge>;
  const word = order.outcome === "dispute_split" ? text.order.dispute_split : text.order[order.status];
  return (
    <Badge tone={TONES[order.status]} {...(order.status === "cancelled" && { icon: "close" as const })}>
      {word}
    </Badge>
  );
};
