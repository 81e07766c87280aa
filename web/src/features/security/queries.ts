/** What opens one's account: read and changed. Each change asks for the password or the factor by itself. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import { makePasskey } from "../../data/passkeys.ts";
import { keys, queryClient } from "../../data/query.ts";

export const passkeysQuery = queryOptions({
  queryKey: [...keys.security, "passkeys"],
  queryFn: async ({ signal }) => (await ask(api.get("/identity/passkeys", { signal }))).items,
  refetchOnMount: "always",
});

export type Passkey = Awaited<ReturnType<NonNullable<typeof passkeysQuery.queryFn>>>[number];

/** The browser asks its person in between. */
export const addPasskey = async (name: string) => {
  const credential = await makePasskey(await ask(api.post("/identity/passkeys/challenge")));
  return ask(api.post("/identity/passkeys", { body: { name, credential } }));
};

export const removePasskey = (id: string, call: ActCall) =>
  api.delete("/identity/passkeys/{id}", { path: { id }, ...call });

/** One person has fifty at the most. */
const MAX_SESSIONS = 50;

export const sessionsQuery = queryOptions({
  queryKey: [...keys.security, "sessions"],
  queryFn: async ({ signal }) =>
    (await ask(api.get("/identity/sessions", { query: { limit: MAX_SESSIONS }, signal }))).items,
  refetchOnMount: "always",
});

export type SignedIn = Awaited<ReturnType<NonNullable<typeof sessionsQuery.queryFn>>>[number];

export const askAnew = async (): Promise<void> => {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.security }),
    queryClient.invalidateQueries({ queryKey: keys.session }),
  ]);
};

/** @property current null: there is none yet */
type NewPassword = { readonly current: string | null; readonly password: string };

export const changePassword = ({ current, password }: NewPassword) =>
  ask(api.post("/identity/password", { body: { ...(current !== null && { current_password: current }), password } }));

export const beginCodes = () => ask(api.post("/identity/second-factor/codes"));
export const confirmCodes = (code: string) =>
  ask(api.post("/identity/second-factor/codes/confirm", { body: { code } }));
export const endCodes = () => ask(api.delete("/identity/second-factor/codes"));
export const newRecoveryCodes = () => ask(api.post("/identity/second-factor/recovery-codes"));
export const endSession = (id: string) => ask(api.delete("/identity/sessions/{id}", { path: { id } }));
export const endOthers = () => ask(api.delete("/identity/sessions"));
