/** `/chats`: every order is one. */
import { Chats } from "../features/chats/Chats.tsx";
import { Personal } from "./Personal.tsx";

export const ChatsRoute = () => (
  <Personal>
    <Chats />
  </Personal>
);
