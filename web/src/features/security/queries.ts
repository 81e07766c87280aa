/** What opens one's account: read and changed. Each change asks for the password or the factor by itself. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { keys, queryClient } from "../../data/query.ts";

const ALL = ["security"] as const;

export const factorQuery = queryOptions({
  queryKey: [...ALL, "factor"],
  queryFn: ({ signal }) => ask(api.get("/identity/second-factor", { signal })),
  refetchOnMount: "always",
});

/** One person has fifty at the most. */
const MAX_SESSIONS = 50;

export const sessionsQuery = queryOptions({
  queryKey: [...ALL, "sessions"],
  queryFn: async ({ signal }) =>
    (await ask(api.get("/identity/sessions", { query: { limit: MAX_SESSIONS }, signal }))).items,
  refetchOnMount: "always",
});

export type SignedIn = Awaited<ReturnType<NonNullable<typeof sessionsQuery.queryFn>>>[number];

export const askAnew = async (): Promise<void> => {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ALL }),
    queryClient.invalidateQueries({ queryKey: keys.session }),
  ]);
};

export const changePassword = (asked: { readonly current: string; readonly password: string }) =>
  ask(api.post("/identity/password", { body: { current_password: asked.current, password: asked.password } }));

export const beginCodes = () => ask(api.post("/identity/second-factor/codes"));
export const confirmCodes = (code: string) =>
  ask(api.post("/identity/second-factor/codes/confirm", { body: { code } }));
export const endCodes = () => ask(api.delete("/identity/second-factor/codes"));
export const newRecoveryCodes = () => ask(api.post("/identity/second-factor/recovery-codes"));
export const endSession = (id: string) => ask(api.delete("/identity/sessions/{id}", { path: { id } }));
export const endOthers = () => ask(api.delete("/identity/sessions"));
