/**
 * The cache of what the server said. The stream keeps it fresh (`app/live.ts`), so that nothing is asked for again as long
 * as a page stands; the client has repeated what could be repeated, so that a failure is one.
 */
import { QueryClient } from "@tanstack/react-query";
import { MINUTE } from "../kernel/time.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: MINUTE,
      gcTime: 10 * MINUTE,
      retry: false,
      networkMode: "always",
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: "always" },
  },
});

/** Of an `infiniteQueryOptions` over a list of the server: each page names where the next one begins. */
export const byCursor = {
  initialPageParam: null as string | null,
  getNextPageParam: ({ next }: { readonly next: string | null }) => next,
};

/** For the query of a page. */
export const from = (cursor: string | null): { readonly cursor?: string } => (cursor === null ? {} : { cursor });

/** The keys that the stream and several features share. */
export const keys = {
  session: ["session"],
  me: ["me"],
  wallet: ["wallet"],
  transfers: ["transfers"],
  statement: ["statement"],
  order: (id: number) => ["order", id],
  anyOrder: ["order"],
  messages: (id: number) => ["messages", id],
  anyMessages: ["messages"],
  orders: ["orders"],
  chats: ["chats"],
  myAds: ["my-ads"],
  market: ["market"],
  people: ["people"],
  notifications: ["notifications"],
  operator: ["operator"],
  settings: ["settings"],
  methods: ["methods"],
  security: ["security"],
} as const;
