/** Coming in: each answers who is here now. */
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { makePasskey, signByPasskey } from "../../data/passkeys.ts";
import { keys, queryClient } from "../../data/query.ts";
import { changePerson } from "../../data/session.ts";
import type { SessionDocument } from "../../data/types.ts";
import type { GivenFactor } from "../../ui/ProofField.tsx";

/** Whoever has come in is here from now on. */
const useComingIn = <Given>(
  send: (given: Given) => Promise<SessionDocument>,
  onDone: (document: SessionDocument) => void,
) =>
  useMutation({
    mutationFn: send,
    onSuccess: async (document) => {
      await changePerson(document);
      onDone(document);
    },
  });

type Credentials = { readonly login: string; readonly password: string };

/** By a passkey, which says by itself whose it is. */
const signInByPasskey = async (): Promise<SessionDocument> => {
  const asked = await ask(api.post("/identity/sign-in/passkey/challenge"));
  const credential = await signByPasskey(asked);
  return ask(api.post("/identity/sign-in/passkey", { body: { credential } }));
};

const signIn = (by: Credentials | "passkey"): Promise<SessionDocument> =>
  by === "passkey" ? signInByPasskey() : ask(api.post("/identity/sign-in", { body: by }));

/** After a password, where a second factor is on, the document is still nobody's. */
export const useSignIn = (onDone: (document: SessionDocument) => void) => useComingIn(signIn, onDone);

/** A passkey is both factors: it signs in by itself, whoever gave the password. */
const giveSecondFactor = ({ way, code }: GivenFactor): Promise<SessionDocument> =>
  way === "passkey"
    ? signInByPasskey()
    : ask(api.post("/identity/sign-in/second-factor", { body: { code: code.trim() } }));

export const useSecondStep = (onDone: () => void, onRefused: () => void) => {
  const step = useComingIn(giveSecondFactor, onDone);
  const mutate = (given: GivenFactor) => step.mutate(given, { onError: onRefused });
  return { ...step, mutate };
};

/** @property password null: by a passkey */
export type Newcomer = {
  readonly name: string;
  readonly login: string;
  readonly invite?: string;
  readonly password: string | null;
};

const signUp = async ({ password, ...newcomer }: Newcomer): Promise<SessionDocument> => {
  if (password !== null) return ask(api.post("/identity/sign-up", { body: { ...newcomer, password } }));
  const asked = await ask(api.post("/identity/sign-up/passkey/challenge", { body: newcomer }));
  const credential = await makePasskey(asked);
  return ask(api.post("/identity/sign-up/passkey", { body: { credential } }));
};

export const useSignUp = (onDone: () => void) => useComingIn(signUp, onDone);

/** Answered alike, whoever it is for. */
export const useAskForLink = () =>
  useMutation({
    mutationFn: (asked: { readonly login: string; readonly language: "en" | "ru" | "uk" }) =>
      ask(api.post("/identity/recover", { body: asked })),
  });

/** @property code of a link, or a recovery code of whoever signs in with the login */
export type NewPassword = { readonly code: string; readonly password: string; readonly login?: string };

const setPassword = ({ login, code, password }: NewPassword) =>
  login === undefined
    ? ask(api.post("/identity/reset", { body: { code, password } }))
    : ask(api.post("/identity/reset/recovery-code", { body: { login, code, password } }));

/** Whoever was here by the one before is here no more. */
export const useSetPassword = () =>
  useMutation({
    mutationFn: setPassword,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.session }),
  });
