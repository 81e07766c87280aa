/** A bank compares its own book of aliases with ours: by one number, and where it differs by the list. */
import { Type } from "typebox";
import { type AnswerOf, Closed, CursorPage } from "../../http/index.ts";
import { isRefusal, refuse, toRfc3339 } from "../../kernel/index.ts";
import { BOOK_REFUSALS } from "../book-reads.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { PAGING_QUERY, readPage } from "../parsers/index.ts";
import { described } from "../schemas.ts";
import { defineQuery } from "../signed-calls.ts";
import { checksumOf } from "./fingerprints.ts";
import { listAliases } from "./queries.ts";

const tags = ["Aliases"];
const config = { access: "signed" } as const;

const ListedAlias = Closed({
  phone: Type.String(),
  account: Type.String(),
  linked_at: Type.String({ format: "date-time" }),
});

const ChecksumAnswer = Closed({
  count: Type.Integer({ minimum: 0, description: "your aliases" }),
  checksum: Type.String({
    pattern: "^[0-9a-f]{64}$",
    description: "XOR of HMAC-SHA256(`key`, phone + one blank + account) over all of them, in hexadecimal digits",
  }),
  key: Type.String({ description: "32 bytes in base64url: yours, and always the same" }),
});

export const registerBookRoutes = ({ server, calls, pool, chores, phones, bookReads }: RailDeps): void => {
  const readList = defineQuery(["INVALID_REQUEST"], async ({ participant }, request) => {
    const asked = readPage(request.query as object);
    if (isRefusal(asked)) return asked;
    const found = await listAliases(pool, participant.guid, asked);
    const items = found.items.map(
      ({ hash, sealed, account, linkedAt }): AnswerOf<typeof ListedAlias> => ({
        phone: phones.open(hash, sealed),
        account,
        linked_at: toRfc3339(linkedAt),
      }),
    );
    return { ...found, items };
  });

  server.get(
    "/api/v1/p2p/alias/list",
    {
      config,
      schema: {
        summary: "The phones that are linked to accounts of yours",
        description:
          "In an order of ours that stays, so that a walk by cursor misses none that is linked all the while.",
        tags,
        querystring: { type: "object", properties: PAGING_QUERY },
        response: { 200: described("a page of them", CursorPage(ListedAlias)), ...errorResponses(readList.refuses) },
      },
    },
    calls.read(readList),
  );

  const readChecksum = defineQuery(BOOK_REFUSALS, async ({ participant: { guid } }) => {
    const found = await bookReads(guid, () => checksumOf({ pool, chores, phones }, guid));
    if (found === null) return refuse("BUSY");
    if (isRefusal(found)) return found;
    return { ...found, key: phones.bookKey(guid) } satisfies AnswerOf<typeof ChecksumAnswer>;
  });

  server.get(
    "/api/v1/p2p/alias/checksum",
    {
      config,
      schema: {
        summary: "One number that tells whether your book of aliases is ours",
        tags,
        response: { 200: described("of this moment", ChecksumAnswer), ...errorResponses(readChecksum.refuses) },
      },
    },
    calls.read(readChecksum),
  );
};
