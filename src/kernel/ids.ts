/** Identifiers, branded so that one kind is never passed for another. */

declare const idBrand: unique symbol;

/** The `sub` of the token that a person signs in with: opaque, 1 to 64 visible ASCII characters. */
export type TraderId = string & { readonly [idBrand]: "trader" };
/** Positive integers below 2^53, drawn from a sequence of the database. */
export type AdId = number & { readonly [idBrand]: "ad" };
export type OrderId = number & { readonly [idBrand]: "order" };

export const traderId = (subject: string): TraderId => subject as TraderId;
export const adId = (id: number): AdId => id as AdId;
export const orderId = (id: number): OrderId => id as OrderId;
