/** Typical uses of the client that `openapi-typescript` and `openapi-fetch` make: no cast anywhere. */
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/openapi-typescript/exchange.ts";

type Order = components["schemas"]["Order"];

const client = createClient<paths>({ baseUrl: "http://127.0.0.1:8080", headers: { Authorization: "Bearer token" } });

/** Answers the cheapest ad, and says why not in words that fit the code. */
export const buy = async (amount: number): Promise<Order | string> => {
  const market = await client.GET("/api/v1/p2p/ads", {
    params: { query: { type: "sell", fiat_currency: "RUB", sort_by: "best_price" } },
  });
  const [ad] = market.data?.items ?? [];
  if (ad === undefined) return "nothing on offer";
  const [method] = ad.payment_methods;
  if (method === undefined) return "no way to pay";
  const { data, error } = await client.POST("/api/v1/p2p/orders", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { ad_id: ad.id, usdt_amount: amount, payment_method: method, ad_version: ad.version },
  });
  if (data !== undefined) return data;
  if (error.code === "AMOUNT_TOO_LOW") return `at least ${error.details.min_amount / 100}`;
  if (error.code === "MIN_DEPOSIT_REQUIRED") return `${error.details.deposited} of ${error.details.required}`;
  if (error.code === "VALIDATION_ERROR") return error.details.issues.map(({ pointer }) => pointer).join(", ");
  return error.message;
};

export const release = async (order: Order): Promise<number | null> => {
  const { data } = await client.POST("/api/v1/p2p/orders/{id}/confirm-received", {
    params: { path: { id: order.id } },
    body: { expected_status: "paid_by_buyer" },
  });
  return data?.released_amount ?? null;
};

type Event = components["schemas"]["Event"];

export const titleOf = (event: Event): string => (event.type === "order.updated" ? `order ${event.type}` : event.type);
