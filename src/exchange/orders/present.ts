/** Opens an order's payment details, for its two parties alone. */
import type { Pool } from "pg";
import type { TraderId } from "../../kernel/index.ts";
import type { DetailsCipher } from "../details-cipher.ts";
import { findOrder } from "./queries.ts";
import { detailsMasked, mask, type OrderDocument, type PresentedOrder } from "./views.ts";

const opened = (details: DetailsCipher, document: OrderDocument, masked: boolean): PresentedOrder => {
  const clear = details.open(document.payment_details, document.seller.id);
  return { ...document, payment_details: masked ? mask(clear) : clear };
};

/** The order as its party may see it now. */
export const presentOrder =
  (details: DetailsCipher) =>
  (document: OrderDocument): PresentedOrder =>
    opened(details, document, detailsMasked(document));

/** The answer to a party's command. A repeat of it shows payment details only as far as the order itself does by now. */
export const presentAnswer =
  (details: DetailsCipher, pool: Pool) =>
  (party: TraderId) =>
  async (document: OrderDocument, repeated: boolean): Promise<PresentedOrder> => {
    const now = repeated ? await findOrder(pool, party, document.id) : document;
    if (now === null) throw new Error("an order that was answered with cannot be found");
    return opened(details, document, detailsMasked(now));
  };
