/** The rules in force and the catalogue of payment methods: asked for once a visit. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useLanguage } from "../ui/text.tsx";
import { api, ask } from "./client.ts";
import { keys } from "./query.ts";
import type { PaymentMethod } from "./types.ts";

export const settingsQuery = queryOptions({
  queryKey: keys.settings,
  queryFn: ({ signal }) => ask(api.get("/p2p/settings", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

export const methodsQuery = queryOptions({
  queryKey: keys.methods,
  queryFn: async ({ signal }) => (await ask(api.get("/p2p/payment-methods", { signal }))).items,
  staleTime: Number.POSITIVE_INFINITY,
});

/** A rule of the server by its name, as a number; null until it is known, or where it is a list. */
export const useRule = (name: string): number | null => {
  const { data } = useQuery(settingsQuery);
  const value = data?.rules.find((rule) => rule.name === name)?.value;
  return typeof value === "number" ? value : null;
};

/** The currencies in which people pay here. */
export const useCurrencies = (): readonly string[] => {
  const { data } = useQuery(settingsQuery);
  const value = data?.rules.find((rule) => rule.name === "fiat_currencies")?.value;
  return Array.isArray(value) ? value : [];
};

export type Methods = {
  readonly all: readonly PaymentMethod[];
  /** What a method is called; its id where the catalogue does not know it. */
  readonly label: (id: string) => string;
  /** What a detail is called, by its method or else by any other; its own name where the catalogue does not know it. */
  readonly field: (method: string, name: string) => string;
};

export const useMethods = (): Methods => {
  const language = useLanguage();
  const { data: all = [] } = useQuery(methodsQuery);
  const find = (id: string) => all.find((method) => method.id === id);
  return {
    all,
    label: (id) => find(id)?.labels[language] ?? id,
    // An ad of several methods gives what each of them needs.
    field: (method, name) => {
      const fields = [...(find(method)?.fields ?? []), ...all.flatMap((one) => one.fields)];
      return fields.find((field) => field.name === name)?.labels[language] ?? name;
    },
  };
};
