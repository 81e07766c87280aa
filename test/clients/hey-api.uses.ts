/** Typical uses of the client that `@hey-api/openapi-ts` makes: no cast anywhere. */
import { confirmPaid, createOrder, listAds, listOrders } from "./generated/hey-api/exchange/index.ts";
import type { Order } from "./generated/hey-api/exchange/types.gen.ts";

const auth = { baseUrl: "http://127.0.0.1:8080", headers: { Authorization: "Bearer token" } };

export const buy = async (amount: number): Promise<Order | string> => {
  const market = await listAds({ ...auth, query: { type: "sell", fiat_currency: "RUB" } });
  const [ad] = market.data?.items ?? [];
  const method = ad?.payment_methods[0];
  if (ad === undefined || method === undefined) return "nothing on offer";
  const { data, error } = await createOrder({
    ...auth,
    body: { ad_id: ad.id, usdt_amount: amount, payment_method: method },
  });
  if (data !== undefined) return data;
  return error?.code === "AMOUNT_TOO_HIGH" ? `at most ${error.details.max_amount}` : (error?.message ?? "no answer");
};

export const pay = async (order: Order): Promise<string | undefined> => {
  const { data } = await confirmPaid({ ...auth, path: { id: order.id }, body: {} });
  return data?.release_by ?? undefined;
};

export const waiting = async (): Promise<readonly number[]> => {
  const { data } = await listOrders({ ...auth, query: { limit: 100 } });
  return (data?.items ?? []).map(({ id }) => id);
};
