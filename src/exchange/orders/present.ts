/** Opens an order's payment details, for its two parties alone. */
import type { DetailsCipher } from "../details-cipher.ts";
import { detailsMasked, mask, type OrderDocument, type PresentedOrder } from "./views.ts";

/** The order as its party may see it now. */
export const presentOrder =
  (details: DetailsCipher) =>
  (document: OrderDocument): PresentedOrder => {
    const clear = details.open(document.payment_details, document.seller.id);
    return { ...document, payment_details: detailsMasked(document) ? mask(clear) : clear };
  };
