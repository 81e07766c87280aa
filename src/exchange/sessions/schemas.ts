/** Schema of a session: an order as an entry in the list of chats. */

import { Closed, CursorPage, Ref } from "../../http/index.ts";
import { MessageSchema } from "../chat/index.ts";
import { OrderSchema } from "../orders/index.ts";
import { Figure } from "../schemas.ts";
import { ProfileSchema } from "../traders/index.ts";

export const SessionSchema = Closed(
  {
    order: Ref(OrderSchema),
    counterparty: Ref(ProfileSchema),
    last_message: Ref(MessageSchema),
    unread: Figure("lines"),
  },
  { $id: "Session" },
);

export const SessionPage = CursorPage(Ref(SessionSchema));
