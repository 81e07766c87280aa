/** People: whom an operator looks for, one of them, and what is decided about somebody. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { byCursor, from, keys, queryClient } from "../../data/query.ts";
import type { Role } from "../../data/types.ts";

const PAGE = 30;

/** @param asked null: those who are stopped or owe */
export const peopleQuery = (asked: string | null) =>
  infiniteQueryOptions({
    queryKey: [...keys.operator, "people", asked],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.get("/operator/users", {
          query: { limit: PAGE, ...(asked !== null && { query: asked }), ...from(pageParam) },
          signal,
        }),
      ),
    ...byCursor,
  });

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.operator, "person", id],
    queryFn: ({ signal }) => ask(api.get("/operator/users/{id}", { path: { id }, signal })),
  });

export const refreshPeople = (): void => void queryClient.invalidateQueries({ queryKey: keys.operator });

export type Suspending = { readonly id: string; readonly reason: string };

export const suspend = ({ id, reason }: Suspending, call: ActCall) =>
  api.post("/operator/users/{id}/suspend", { path: { id }, body: { reason }, ...call });

export type Lifting = Suspending & { readonly despiteDebt: boolean };

export const lift = ({ id, reason, despiteDebt }: Lifting, call: ActCall) =>
  api.post("/operator/users/{id}/resume", {
    path: { id },
    body: { reason, ...(despiteDebt && { despite_debt: true }) },
    ...call,
  });

export type RoleChange = { readonly id: string; readonly role: Role; readonly act: "add" | "remove" };

export const changeRole = ({ id, role, act }: RoleChange, call: ActCall) =>
  api.post("/operator/users/{id}/roles", { path: { id }, body: { role, act }, ...call });
