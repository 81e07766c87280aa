/** `/chats`: every order is one; at a desk the chat that is open stands beside the list (`?order=42`), under the way to its order. */
import { Link, useSearch } from "@tanstack/react-router";
import { OrderState } from "../data/order-state.tsx";
import { useOrder } from "../data/orders.ts";
import { Chat } from "../features/chat/Chat.tsx";
import { Chats } from "../features/chats/Chats.tsx";
import { buttonClass } from "../ui/Button.tsx";
import { useText } from "../ui/text.tsx";
import css from "./chats.module.css";
import { Personal } from "./Personal.tsx";

export const ChatsRoute = () => {
  const { order = null } = useSearch({ from: "/chats" });
  return (
    <Personal>
      <Chats open={order} chat={(orderId) => <OpenChat key={orderId} orderId={orderId} />} />
    </Personal>
  );
};

const OpenChat = ({ orderId }: { readonly orderId: number }) => {
  const { order: words } = useText();
  const { data: order } = useOrder(orderId);
  return (
    <div className={css.open}>
      <div className={css.head}>
        <Link
          to="/orders/$orderId"
          params={{ orderId: String(orderId) }}
          className={buttonClass({ kind: "quiet", small: true })}
        >
          {words.number({ id: String(orderId) })}
        </Link>
        {order !== undefined && <OrderState of={order} />}
      </div>
      <div className={css.chat}>
        <Chat orderId={orderId} />
      </div>
    </div>
  );
};
