/** Who is here: asked once, and again when the server says that it is over. */
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { forgetDrafts } from "../kernel/storage.ts";
import { api, ask } from "./client.ts";
import { forgetEarly } from "./events.ts";
import { keys, queryClient } from "./query.ts";
import type { SessionDocument } from "./types.ts";

/** Whoever is here proves it once more. */
export { giveProof, type Proof } from "./client.ts";

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: ({ signal }) => ask(api.get("/identity/session", { signal })),
});

export type Session =
  | { readonly state: "asking"; readonly document: null; readonly person: null }
  | { readonly state: "visitor"; readonly document: SessionDocument; readonly person: null }
  | {
      readonly state: "person";
      readonly document: SessionDocument;
      readonly person: NonNullable<SessionDocument["person"]>;
    };

const ASKING: Session = { state: "asking", document: null, person: null };

export const useSession = (): Session => {
  const { data } = useQuery(sessionQuery);
  if (data === undefined) return ASKING;
  return data.person === null
    ? { state: "visitor", document: data, person: null }
    : { state: "person", document: data, person: data.person };
};

/** Somebody else is here now, or nobody: what the last one saw is thrown away and asked for anew. */
export const changePerson = async (document: SessionDocument): Promise<void> => {
  // What is still on its way says who was here a moment ago, and would be believed last.
  await queryClient.cancelQueries({ queryKey: keys.session });
  const before = queryClient.getQueryData(sessionQuery.queryKey);
  queryClient.setQueryData(sessionQuery.queryKey, document);
  if (before?.person?.id === document.person?.id) return;
  forgetEarly();
  void queryClient.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
};

const DEMO_PEOPLE = ["vera", "anna", "olga"] as const;
export type DemoPerson = (typeof DEMO_PEOPLE)[number];

export const isDemoPerson = (person: string): person is DemoPerson => DEMO_PEOPLE.some((each) => each === person);

/** In the demo alone: be one of its people. */
export const useDemoPerson = () =>
  useMutation({
    mutationFn: (person: DemoPerson) => ask(api.post("/identity/demo", { body: { person } })),
    onSuccess: changePerson,
  });

export const useSignOut = () =>
  useMutation({
    mutationFn: () => ask(api.post("/identity/sign-out")),
    onSuccess: async () => {
      forgetDrafts();
      await changePerson(await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 }));
    },
  });
