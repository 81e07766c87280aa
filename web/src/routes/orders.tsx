/** `/orders`: one's own, open or ended. */
import { useSearch } from "@tanstack/react-router";
import { Orders } from "../features/orders/Orders.tsx";
import { Personal } from "./Personal.tsx";

export const OrdersRoute = () => {
  const { tab } = useSearch({ from: "/orders" });
  return (
    <Personal>
      <Orders tab={tab ?? "active"} />
    </Personal>
  );
};
