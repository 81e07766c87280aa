/** `/orders/:id` and, on a phone, `/orders/:id/chat`: the order room, with its chat beside it where there is room. */
import { useParams } from "@tanstack/react-router";
import { Chat } from "../features/chat/Chat.tsx";
import { ChatBar } from "../features/chat/ChatBar.tsx";
import { AskPermission } from "../features/notifications/AskPermission.tsx";
import { OrderRoom } from "../features/order-room/OrderRoom.tsx";
import { useText } from "../ui/text.tsx";
import { useTitle } from "../ui/title.ts";
import { BESIDE, useMedia } from "../ui/useMedia.ts";
import css from "./order.module.css";
import { Personal } from "./Personal.tsx";

export const OrderRoute = () => {
  const id = Number(useParams({ from: "/orders/$orderId" }).orderId);
  const beside = useMedia(BESIDE);
  return (
    <Personal>
      <OrderRoom
        key={id}
        id={id}
        chat={beside ? <Chat orderId={id} /> : null}
        ask={<AskPermission />}
        chatBar={beside ? null : <ChatBar orderId={id} />}
      />
    </Personal>
  );
};

export const OrderChatRoute = () => {
  const id = Number(useParams({ from: "/orders/$orderId/chat" }).orderId);
  const { order } = useText();
  const title = order.number({ id: String(id) });
  useTitle(title);
  return (
    <Personal>
      <h1 className={css.title}>{title}</h1>
      <div className={css.chat}>
        <Chat key={id} orderId={id} />
      </div>
    </Personal>
  );
};
