/** The state of an order as an instruction: what is to be done, by whom, until when. Orders and chats show it. */
import { dayAndTime, timeOfDay } from "../kernel/time.ts";
import { Badge, type Tone } from "../ui/Notice.tsx";
import { Muted } from "../ui/Page.tsx";
import { useLanguage, useText } from "../ui/text.tsx";
import { useWords } from "../ui/words.ts";
import { counterpartyOf } from "./orders.ts";
import type { Order } from "./types.ts";

/** It waits for the reader. */
export const isYourTurn = ({ status, role, allowed_actions: can }: Order): boolean =>
  (status === "pending" && role === "buyer") ||
  (status === "paid_by_buyer" && role === "seller") ||
  can.includes("honour");

const toneOf = (order: Order): Tone => {
  if (isYourTurn(order)) return "soon";
  if (order.status === "completed") return "done";
  return order.status === "disputed" || order.claim === "open" ? "danger" : "plain";
};

const useInstruction = (): ((order: Order) => string) => {
  const { common, order: words } = useText();
  return (order) => {
    const { status, role } = order;
    if (status === "pending" && role === "buyer") return words.payNow;
    if (order.claim === "open") return role === "seller" ? words.checkClaim : words.claim;
    if (status === "paid_by_buyer" && role === "seller") return words.checkBank;
    if (status === "disputed") return words.waitingForOperator;
    if (status === "completed" || status === "cancelled") return words[status];
    return words.waitingFor({ name: counterpartyOf(order).name ?? common.nameless });
  };
};

type Props = {
  readonly of: Order;
  /** The time only where it is the reader's own. */
  readonly brief?: boolean;
};

export const OrderState = ({ of, brief = false }: Props) => {
  const people = useWords("people");
  const language = useLanguage();
  const instruction = useInstruction();
  const { status } = of;
  const until = status === "pending" ? of.pay_by : status === "paid_by_buyer" ? of.release_by : null;
  const ended = of.completed_at ?? of.cancelled_at;
  return (
    <span>
      <Badge tone={toneOf(of)}>{instruction(of)}</Badge>{" "}
      {until !== null && (!brief || isYourTurn(of)) && (
        <Muted>{people.until({ time: timeOfDay(until, language) })}</Muted>
      )}
      {ended !== null && !brief && <Muted>{dayAndTime(ended, language)}</Muted>}
    </span>
  );
};
