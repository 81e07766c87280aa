/** The rail: who takes part, which searches are under way, what could not be delivered, which phones wait. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { byCursor, from, keys, queryClient } from "../../data/query.ts";
import type { Participant } from "../../data/types.ts";
import { MINUTE } from "../../kernel/time.ts";

const PAGE = 30;
const RAIL = [...keys.operator, "rail"] as const;
/** No event tells of the rail: what stands here is asked for anew. */
const WATCHED = { ...byCursor, refetchInterval: MINUTE / 2 };

export const banksQuery = infiniteQueryOptions({
  queryKey: [...RAIL, "banks"],
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/operator/participants", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...WATCHED,
});

export const searchesQuery = infiniteQueryOptions({
  queryKey: [...RAIL, "searches"],
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/operator/searches", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...WATCHED,
});

export const deadQuery = infiniteQueryOptions({
  queryKey: [...RAIL, "dead"],
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/operator/dead-callbacks", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...WATCHED,
});

export const movesQuery = infiniteQueryOptions({
  queryKey: [...RAIL, "moves"],
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/operator/alias-moves", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...WATCHED,
});

export const refreshRail = (): void => void queryClient.invalidateQueries({ queryKey: RAIL });

export const sendAgain = ({ id }: { readonly id: number }, call: ActCall) =>
  api.post("/operator/dead-callbacks/{id}/resend", { path: { id }, ...call });

export type Deciding = { readonly guid: string; readonly decision: "complete" | "refuse" };

export const decideMove = ({ guid, decision }: Deciding, call: ActCall) =>
  decision === "complete"
    ? api.post("/operator/alias-moves/{guid}/complete", { path: { guid }, ...call })
    : api.post("/operator/alias-moves/{guid}/refuse", { path: { guid }, ...call });

export type Installing = {
  readonly name: string;
  readonly mode: Participant["mode"];
  readonly codes: readonly string[];
  /** Empty: it has none. */
  readonly callbackUrl: string;
  readonly isAsked: boolean;
};

export const install = ({ name, mode, codes, callbackUrl, isAsked }: Installing, call: ActCall) =>
  api.post("/operator/participants", {
    body: {
      name,
      mode,
      bank_codes: [...codes],
      receiver_search: isAsked,
      ...(callbackUrl === "" ? {} : { callback_url: callbackUrl }),
    },
    ...call,
  });

export type Standing = { readonly guid: string; readonly state: Participant["state"] };

export const setState = ({ guid, state }: Standing, call: ActCall) =>
  api.patch("/operator/participants/{guid}", { path: { guid }, body: { state }, ...call });

export type Registering = { readonly guid: string; readonly jwk: Readonly<Record<string, unknown>> };

export const registerKey = ({ guid, jwk }: Registering, call: ActCall) =>
  api.post("/operator/participants/{guid}/keys", { path: { guid }, body: jwk, ...call });

export type Revoking = { readonly guid: string; readonly kid: string };

export const revokeKey = ({ guid, kid }: Revoking, call: ActCall) =>
  api.delete("/operator/participants/{guid}/keys/{kid}", { path: { guid, kid }, ...call });
