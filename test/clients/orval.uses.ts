/** Typical uses of the client that `orval` makes: no cast anywhere. */
import { cancelOrder, createOrder, getWallet, listAds } from "./generated/orval/exchange.ts";

const options = { headers: { Authorization: "Bearer token" } };

export const buy = async (amount: number): Promise<number | string> => {
  const market = await listAds({ type: "sell", fiat_currency: "RUB" });
  if (market.status !== 200) return market.data.message;
  const [ad] = market.data.items;
  const method = ad?.payment_methods[0];
  if (ad === undefined || method === undefined) return "nothing on offer";
  const answer = await createOrder({ ad_id: ad.id, usdt_amount: amount, payment_method: method }, options);
  return answer.status === 201 ? answer.data.id : answer.data.message;
};

export const giveUp = async (id: number): Promise<string> => {
  const answer = await cancelOrder(id, { expected_status: "pending" }, options);
  return answer.status === 200 ? answer.data.status : answer.data.code;
};

export const available = async (): Promise<number> => {
  const answer = await getWallet(options);
  return answer.status === 200 ? answer.data.available : 0;
};
