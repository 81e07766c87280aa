/**
 * What a personal token may do: each route says at its registration which one opens it, and a write that says nothing is
 * opened by none. A route of a role is never one of a token's, whoever made it, and neither is a way into an account.
 */
import { refuse } from "../kernel/index.ts";
import type { Access, PersonalToken } from "./callers.ts";
import { RefusedError } from "./errors.ts";

/** What opens a route, from the least to the most; `session`: no token does. */
export const NEEDS = ["read", "trade", "release", "session"] as const;
export type Need = (typeof NEEDS)[number];

/** Who may call a route, and which personal token opens it. */
export type Terms = { readonly access: Access; readonly need: Need };

/** Its routes open an account, or say where it is open: no token may look at them. */
const ACCOUNTS = "/api/v1/identity/";

export type ScopedRoute = {
  /** As it was registered: nothing of a request's own spelling is in it. */
  readonly url: string;
  readonly access: Access;
  readonly write: boolean;
  /** What the route itself says. */
  readonly declared: Need | undefined;
};

/** @throws Error a write that says it only reads */
export const needOf = ({ url, access, write, declared }: ScopedRoute): Need => {
  if (write && declared === "read") throw new Error(`${url} writes: no token that only reads opens it`);
  if ((access !== "public" && access !== "trader") || url.startsWith(ACCOUNTS)) return "session";
  return declared ?? (write ? "session" : "read");
};

const reach = ({ scope, release }: PersonalToken): Need => (scope === "trade" && release ? "release" : scope);

/** @throws RefusedError INSUFFICIENT_SCOPE */
export const demandScope = (token: PersonalToken, need: Need): void => {
  if (NEEDS.indexOf(reach(token)) >= NEEDS.indexOf(need)) return;
  throw new RefusedError(refuse("INSUFFICIENT_SCOPE", { needs: need }));
};
