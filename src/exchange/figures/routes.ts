/** HTTP for the figures of the whole exchange. */
import { Ref } from "../../http/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { createFigures } from "./queries.ts";
import { FiguresSchema } from "./schemas.ts";

export const registerFigureRoutes = ({ server, pool, feed }: ExchangeDeps) => {
  const figures = createFigures({ pool, feed });
  server.get(
    "/api/v1/operator/figures",
    {
      config: { access: "operator" },
      schema: {
        summary: "Orders and volume by day, escrow, cases by age, the feed's lag and the last audits",
        tags: ["Operators"],
        response: { 200: Ref(FiguresSchema) },
      },
    },
    () => figures(),
  );
};
