/** Orders as they are answered: with the phone in the clear, and a link's page and QR code. */
import { instant } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { qrCode } from "../qr/index.ts";
import type { Order } from "../tables/index.ts";
import { type Created, type CreateOrder, termsOf } from "./create-order.ts";
import type { FoundOrder, OrderPayment } from "./queries.ts";
import { type OrderDocument, type OrderExtras, orderDocument } from "./views.ts";

export type OrderPresenter = {
  found(found: FoundOrder): Promise<OrderDocument>;
  /** Without reading the order: from the request and the result of the command. */
  created(input: CreateOrder, created: Created): Promise<OrderDocument>;
};

export const createOrderPresenter = ({ phones, publicUrl }: Pick<RailDeps, "phones" | "publicUrl">): OrderPresenter => {
  const extrasOf = async (order: Order, phone: string | null, payment: OrderPayment | null): Promise<OrderExtras> => {
    if (order.type === "phone") return { phone, page: null, payment };
    const url = pageUrl(publicUrl(), order.guid);
    return { phone: null, page: { url, qrCode: await qrCode(url) }, payment };
  };

  return {
    async found({ order, state, payment }) {
      const { phoneHash, phone } = order;
      const inTheClear = phoneHash === null || phone === null ? null : phones.open(phoneHash, phone);
      return orderDocument(order, state, await extrasOf(order, inTheClear, payment));
    },
    async created(input, created) {
      const at = instant(created.createdAt);
      const order = termsOf(input, input.draft.expiresAt ?? at, at);
      return orderDocument(order, created, await extrasOf(order, input.draft.phone, null));
    },
  };
};

/** Where people choose the bank that they pay a link order with. */
export const pageUrl = (publicUrl: string, orderGuid: string): string => `${publicUrl}/pay/${orderGuid}`;
