/** What is to be done now, in words: one for each state and side. */
import type { Order } from "../../data/types.ts";
import { CancelledStep, CompletedStep } from "./EndedSteps.tsx";
import { DisputedStep, PaidBuyerStep, PaidSellerStep, PendingBuyerStep, PendingSellerStep } from "./OpenSteps.tsx";

export const Step = ({ order }: { readonly order: Order }) => {
  switch (order.status) {
    case "pending":
      return order.role === "buyer" ? <PendingBuyerStep order={order} /> : <PendingSellerStep order={order} />;
    case "paid_by_buyer":
      return order.role === "buyer" ? <PaidBuyerStep order={order} /> : <PaidSellerStep order={order} />;
    case "disputed":
      return <DisputedStep order={order} />;
    case "completed":
      return <CompletedStep order={order} />;
    case "cancelled":
      return <CancelledStep order={order} />;
  }
};
