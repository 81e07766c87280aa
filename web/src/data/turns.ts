/** What an order that waits for the reader asks for, in one sentence: the strip, the bell and the tab's title say the same. */
import { useMoney } from "../ui/Amount.tsx";
import { useText } from "../ui/text.tsx";
import type { OrderBrief } from "./types.ts";

export type Turn = Pick<OrderBrief, "order_id" | "action" | "fiat_amount" | "fiat_currency">;

export const useTurnSentence = (): ((turn: Turn) => string) => {
  const { frame } = useText();
  const { fiat } = useMoney();
  return ({ order_id, action, fiat_amount, fiat_currency }) => {
    const id = String(order_id);
    if (action === "confirm-paid") return frame.turnPay({ id, amount: fiat(fiat_amount, fiat_currency) });
    return action === "honour" ? frame.turnHonour({ id }) : frame.turnRelease({ id });
  };
};
