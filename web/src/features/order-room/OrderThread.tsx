/** The thread of an order: each step that was taken, when and by whom, and the one that comes. */
import type { Order } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Knot, type KnotState, Thread } from "../../ui/Thread.tsx";
import { Name, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";

type Who = "buyer" | "seller" | "operator" | "clock" | "banks";
type Tied = {
  readonly key:
    | "stepCreated"
    | "stepPaid"
    | "stepReleased"
    | "stepDisputed"
    | "stepCancelled"
    | "stepClaimed"
    | "stepPayNext"
    | "stepReleaseNext";
  readonly at: string | null;
  readonly who: Who;
  readonly state: KnotState;
};

/** Who said that it was paid. */
const payerOf = ({ settlement }: Order): Who =>
  settlement?.state === "paid" || settlement?.state === "settled" ? "banks" : "buyer";

const endOf = ({ outcome, settlement }: Order): Who => {
  if (outcome === "released" && settlement?.state === "settled") return "banks";
  if (outcome === "cancelled_by_buyer") return "buyer";
  if (outcome === "cancelled_by_seller" || outcome === "released") return "seller";
  return outcome === "payment_expired" ? "clock" : "operator";
};

const knotsOf = (order: Order): readonly Tied[] => {
  const { status } = order;
  const taker: Who = (order.side === "deposit") === (order.role === "buyer") ? "buyer" : "seller";
  const knots: Tied[] = [{ key: "stepCreated", at: order.created_at, who: taker, state: "done" }];
  if (order.paid_at !== null) knots.push({ key: "stepPaid", at: order.paid_at, who: payerOf(order), state: "done" });
  if (order.disputed_at !== null) {
    const by = order.dispute?.opened_by ?? "clock";
    knots.push({ key: "stepDisputed", at: order.disputed_at, who: by, state: "danger" });
  }
  if (order.completed_at !== null) {
    knots.push({ key: "stepReleased", at: order.completed_at, who: endOf(order), state: "done" });
  }
  if (order.cancelled_at !== null) {
    knots.push({ key: "stepCancelled", at: order.cancelled_at, who: endOf(order), state: "danger" });
  }
  if (order.claim === "open") knots.push({ key: "stepClaimed", at: null, who: "buyer", state: "now" });
  if (status === "pending") knots.push({ key: "stepPayNext", at: null, who: "buyer", state: "now" });
  if (status === "pending") knots.push({ key: "stepReleaseNext", at: null, who: "seller", state: "next" });
  if (status === "paid_by_buyer") knots.push({ key: "stepReleaseNext", at: null, who: "seller", state: "now" });
  if (status === "disputed") knots.push({ key: "stepReleaseNext", at: null, who: "operator", state: "next" });
  return knots;
};

export const OrderThread = ({ order }: { readonly order: Order }) => {
  const text = useText();
  const orderRoom = useWords("orderRoom");
  const language = useLanguage();
  return (
    <Thread label={orderRoom.threadTitle}>
      {knotsOf(order).map(({ key, at, who, state }) => (
        <Knot
          key={key}
          state={state}
          title={orderRoom[key]}
          time={at}
          shownTime={at === null ? "" : dayAndTime(at, language)}
          who={
            who === order.role ? (
              text.order.you
            ) : who === "buyer" || who === "seller" ? (
              <Name of={order[who]} />
            ) : (
              text.order[who]
            )
          }
        />
      ))}
    </Thread>
  );
};
