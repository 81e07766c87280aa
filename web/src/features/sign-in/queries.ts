/** Coming in: both answer who is here now. */
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { changePerson } from "../../data/session.ts";
import type { SessionDocument } from "../../data/types.ts";

/** Whoever has come in is here from now on. */
const useComingIn = <Given>(send: (given: Given) => Promise<SessionDocument>, onDone: () => void) =>
  useMutation({
    mutationFn: send,
    onSuccess: (document) => {
      changePerson(document);
      onDone();
    },
  });

export type Credentials = { readonly login: string; readonly password: string };

export const useSignIn = (onDone: () => void) =>
  useComingIn((credentials: Credentials) => ask(api.post("/identity/sign-in", { body: credentials })), onDone);

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
