/** HTTP for what a front end shows on every page. */
import { callerOf, Ref } from "../../http/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { countUnseen, readerOf } from "../live/index.ts";
import { findMe } from "./queries.ts";
import { MeSchema } from "./schemas.ts";

export const registerMeRoutes = ({ server, pool, settings }: ExchangeDeps) => {
  server.get(
    "/api/v1/p2p/me",
    {
      config: { access: "trader" },
      schema: {
        summary: "The caller: profile, what waits for the caller, and what the rules leave",
        tags: ["For a front end"],
        response: { 200: Ref(MeSchema) },
      },
    },
    (request) => findMe({ pool, settings, unseen: () => countUnseen(pool, readerOf(request)) }, callerOf(request)),
  );
};
