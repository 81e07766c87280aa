/** Coming in: both answer who is here now. */
import { useMutation } from "@tanstack/react-query";
import { api, ask } from "../../data/client.ts";
import { changePerson } from "../../data/session.ts";

export type Credentials = { readonly login: string; readonly password: string };

export const useSignIn = (onDone: () => void) =>
  useMutation({
    mutationFn: (credentials: Credentials) => ask(api.post("/identity/sign-in", { body: credentials })),
    onSuccess: (document) => {
      changePerson(document);
      onDone();
    },
  });

export type Newcomer = Credentials & { readonly name: string; readonly invite?: string };

export const useSignUp = (onDone: () => void) =>
  useMutation({
    mutationFn: (newcomer: Newcomer) => ask(api.post("/identity/sign-up", { body: newcomer })),
    onSuccess: (document) => {
      changePerson(document);
      onDone();
    },
  });

export const useRecover = () =>
  useMutation({
    mutationFn: (asked: { readonly code: string; readonly password: string }) =>
      ask(api.post("/identity/reset", { body: asked })),
  });
