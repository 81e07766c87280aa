/** HTTP for a bank that settles its day with the others. */
import { isRefusal } from "../../kernel/index.ts";
import { BOOK_REFUSALS } from "../book-reads.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { PAGING_QUERY, parameterOf, readPage } from "../parsers/index.ts";
import { described } from "../schemas.ts";
import { defineQuery } from "../signed-calls.ts";
import { isAhead, isFinal, parseDay } from "./day.ts";
import { databaseTime, listEntries, namesOf, sumsOfBank } from "./queries.ts";
import { RegisterAnswer } from "./schemas.ts";
import { registerOf } from "./sums.ts";
import { entryDocument, sumsDocument } from "./views.ts";

export const registerRegisterRoutes = ({ server, calls, pool, bookReads }: RailDeps): void => {
  const readRegister = defineQuery(
    ["INVALID_REQUEST", ...BOOK_REFUSALS],
    async ({ participant: { guid } }, request) => {
      const asked = readPage(request.query as object);
      if (isRefusal(asked)) return asked;
      const day = parseDay(parameterOf(request.query, "date"));
      if (day === null) return invalid("date");
      // Before anything is read: what is final by then is all there.
      const now = await databaseTime(pool);
      if (isAhead(day, now)) return invalid("date");
      const summing = async () => {
        const summed = registerOf(guid, await sumsOfBank(pool, guid, day));
        return sumsDocument(
          summed,
          await namesOf(
            pool,
            summed.counterparties.map(({ counterparty }) => counterparty),
          ),
        );
      };
      const isFirst = asked.cursor === undefined && asked.offset === 0;
      const sums = isFirst ? await bookReads(guid, summing) : {};
      if (isRefusal(sums)) return sums;
      const entries = await listEntries(pool, guid, day, asked);
      return {
        date: day.date,
        final: isFinal(day, now),
        participant_guid: guid,
        ...sums,
        ...entries,
        items: entries.items.map((entry) => entryDocument(entry, guid)),
      };
    },
  );

  server.get(
    "/api/v1/p2p/register",
    {
      config: { access: "signed" },
      schema: {
        summary: "Your books of a day: what was paid to you and by you, returned, and what it comes to",
        description:
          "A payment is of the day on which its money was confirmed, a return of the day on which it was made. The registers of all banks come to zero together. Ask for `application/jwt`, and it is signed.",
        tags: ["Payments"],
        querystring: {
          type: "object",
          required: ["date"],
          properties: { date: { type: "string", format: "date", description: "in UTC" }, ...PAGING_QUERY },
        },
        response: {
          200: described("a page of it, oldest first", RegisterAnswer),
          ...errorResponses(readRegister.refuses),
        },
      },
    },
    calls.read(readRegister),
  );
};
