/** What the compiler has to know of a call: this file is compiled and never run. No cast anywhere. */
import { createClient, type ParleyEvent, type Schemas } from "../../packages/client/src/index.ts";

const client = createClient({ baseUrl: "http://127.0.0.1:8080", token: "token" });

export const buy = async (amount: number): Promise<Schemas["Order"] | string> => {
  const market = await client.get("/p2p/ads", { query: { type: "sell", fiat_currency: "RUB", sort_by: "best_price" } });
  if (!market.ok) return market.error.message;
  const [ad] = market.data.items;
  const [method] = ad?.payment_methods ?? [];
  if (ad === undefined || method === undefined) return "nothing on offer";
  const body = { ad_id: ad.id, usdt_amount: amount, payment_method: method, ad_version: ad.version };
  const made = await client.post("/p2p/orders", { body });
  if (made.ok) return made.data;
  const { error } = made;
  if (error.code === "AMOUNT_TOO_LOW") return `at least ${error.details.min_amount / 100}`;
  if (error.code === "MIN_DEPOSIT_REQUIRED") return `${error.details.deposited} of ${error.details.required}`;
  if (error.code === "VALIDATION_ERROR") return error.details.issues.map(({ pointer }) => pointer).join(", ");
  if (error.code === "NO_ANSWER") return `repeat with ${error.details.key}`;
  // @ts-expect-error no such code
  if (error.code === "AMOUNT_TOO_LOWE") return "";
  return error.message;
};

export const paid = (id: number) => client.post("/p2p/orders/{id}/confirm-paid", { path: { id } });

// @ts-expect-error the id is missing
export const missing = () => client.post("/p2p/orders/{id}/confirm-paid");
// @ts-expect-error no such path
export const nowhere = () => client.get("/p2p/orderz");
// @ts-expect-error the side is missing
export const sideless = () => client.get("/p2p/ads", { query: {} });
// @ts-expect-error a page it is not
export const pageless = () => client.pages("/p2p/me");

export const ids = async (): Promise<readonly number[]> => {
  const found: number[] = [];
  for await (const { id } of client.items("/p2p/orders", { query: { limit: 100 } })) found.push(id);
  return found;
};

export const told = (event: ParleyEvent): string => {
  if (event.type === "order.updated") return `${event.data.order.id} is ${event.data.status}`;
  return event.type === "reset" ? "read everything anew" : event.type;
};
