/** What programs of one's own call with: read, made, ended. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { queryClient } from "../../data/query.ts";

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await ask(api.get("/identity/tokens", { signal }))).items,
  refetchOnMount: "always",
});

export type Token = Awaited<ReturnType<NonNullable<typeof tokensQuery.queryFn>>>[number];

/** `release` is `trade` that releases escrow as well. */
export const MAY = ["read", "trade", "release"] as const;
export type May = (typeof MAY)[number];
export const mayOf = ({ scope, release }: Token): May => (release ? "release" : scope);

export type NewToken = { readonly name: string; readonly may: May; readonly days: number };

export const makeToken = ({ name, may, days }: NewToken, call: ActCall) =>
  api.post("/identity/tokens", {
    body: { name, scope: may === "read" ? "read" : "trade", release: may === "release", expires_in_days: days },
    ...call,
  });

export const endToken = (id: string, call: ActCall) => api.delete("/identity/tokens/{id}", { path: { id }, ...call });

export const askAnew = (): Promise<void> => queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
