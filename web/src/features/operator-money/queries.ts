/** Credits and debits by hand: whose balance it is, the act, and the list of what was done. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { byCursor, from, keys, queryClient } from "../../data/query.ts";

const PAGE = 30;

export const actsQuery = infiniteQueryOptions({
  queryKey: [...keys.operator, "acts"],
  queryFn: ({ pageParam, signal }) =>
    ask(api.get("/platform/acts", { query: { limit: PAGE, ...from(pageParam) }, signal })),
  ...byCursor,
});

/** Who it is and what is available, as the review says it. Null: nobody has this id. */
export const ownerQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.operator, "owner", id],
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const [profile, wallet] = await Promise.all([
        api.get("/p2p/users/{id}", { path: { id }, signal }),
        api.get("/platform/users/{id}/wallet", { path: { id }, signal }),
      ]);
      if (!wallet.ok && wallet.error.code === "USER_NOT_FOUND") return null;
      return { profile: await ask(Promise.resolve(profile)), wallet: await ask(Promise.resolve(wallet)) };
    },
  });

export const CREDIT_KINDS = ["deposit", "bonus", "adjustment"] as const;
export const DEBIT_KINDS = ["withdrawal", "adjustment", "deposit_reversal"] as const;
type Kind = (typeof CREDIT_KINDS)[number] | (typeof DEBIT_KINDS)[number];

type Common = { readonly user: string; readonly amount: number; readonly externalId: string; readonly reason: string };
export type Moving = Common &
  (
    | { readonly act: "credit"; readonly kind: (typeof CREDIT_KINDS)[number] }
    | { readonly act: "debit"; readonly kind: (typeof DEBIT_KINDS)[number] }
  );

/** A kind that the act has, or its usual one. */
export const movingOf = (act: Moving["act"], kind: Kind, common: Common): Moving =>
  act === "credit"
    ? { ...common, act, kind: CREDIT_KINDS.find((one) => one === kind) ?? CREDIT_KINDS[0] }
    : { ...common, act, kind: DEBIT_KINDS.find((one) => one === kind) ?? DEBIT_KINDS[0] };

export const moveMoney = (moving: Moving, call: ActCall) => {
  const { user, amount, externalId, reason } = moving;
  const body = { user_id: user, amount, external_id: externalId, reason };
  return moving.act === "credit"
    ? api.post("/platform/credits", { body: { ...body, kind: moving.kind }, ...call })
    : api.post("/platform/debits", { body: { ...body, kind: moving.kind }, ...call });
};

export const refreshMoney = (): void => void queryClient.invalidateQueries({ queryKey: keys.operator });
