/** Coming in: both answer who is here now. */
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { changePerson } from "../../data/session.ts";
import type { SessionDocument } from "../../data/types.ts";

/** Whoever has come in is here from now on. */
const useComingIn = <Given>(
  send: (given: Given) => Promise<SessionDocument>,
  onDone: (document: SessionDocument) => void,
) =>
  useMutation({
    mutationFn: send,
    onSuccess: (document) => {
      changePerson(document);
      onDone(document);
    },
  });

export type Credentials = { readonly login: string; readonly password: string };

/** Where a second factor is on, the document is still nobody's. */
export const useSignIn = (onDone: (document: SessionDocument) => void) =>
  useComingIn((credentials: Credentials) => ask(api.post("/identity/sign-in", { body: credentials })), onDone);

export const useSecondStep = (onDone: () => void, onRefused: () => void) => {
  const step = useComingIn(
    (given: { readonly code: string }) => ask(api.post("/identity/sign-in/second-factor", { body: given })),
    onDone,
  );
  const mutate = (given: { readonly code: string }) => step.mutate(given, { onError: onRefused });
  return { ...step, mutate };
};

export type Newcomer = Credentials & { readonly name: string; readonly invite?: string };

export const useSignUp = (onDone: () => void) =>
  useComingIn((newcomer: Newcomer) => ask(api.post("/identity/sign-up", { body: newcomer })), onDone);

/** Answered alike, whoever it is for. */
export const useAskForLink = () =>
  useMutation({
    mutationFn: (asked: { readonly login: string; readonly language: "en" | "ru" | "uk" }) =>
      ask(api.post("/identity/recover", { body: asked })),
  });

export const useRecover = () =>
  useMutation({
    mutationFn: (asked: { readonly code: string; readonly password: string }) =>
      ask(api.post("/identity/reset", { body: asked })),
  });
