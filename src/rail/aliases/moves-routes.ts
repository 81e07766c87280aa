/** Moves of phones between banks: each side lists its own, and the present bank objects. */
import { Type } from "typebox";
import { type AnswerOf, Choice, Closed, CursorPage } from "../../http/index.ts";
import { isRefusal, type RefusalOf, refuse, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { findWrongType, PAGING_QUERY, parsePhone, readPage } from "../parsers/index.ts";
import { described, Guid, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import { type Objected, type ObjectToMove, objectToMove } from "./object-to-move.ts";
import { type FoundMove, findMovesOf } from "./queries.ts";
import { MoveView } from "./schemas.ts";

const MOVES = "/api/v1/p2p/alias/moves";
const OBJECTIONS = "/api/v1/p2p/alias/objections";

const ObjectedAnswer = Closed({ guid: Guid, status: Choice(["objected"]) });

const FORM_REFUSALS = ["INVALID_REQUEST", "INVALID_CREDITOR_PHONE"] as const;

export const registerMoveRoutes = (deps: RailDeps): void => {
  const { server, calls, pool, settings, phones, followAliases } = deps;

  const documentOf = ({ sealed, hash, direction, ...move }: FoundMove): AnswerOf<typeof MoveView> => ({
    guid: move.guid,
    direction,
    phone: phones.open(hash, sealed),
    account: move.account,
    status: move.status,
    moves_at: toRfc3339(move.until),
    created_at: toRfc3339(move.createdAt),
    ended_at: toRfc3339OrNull(move.endedAt),
  });

  const readMoves = defineQuery(["INVALID_REQUEST"], async ({ participant }, request) => {
    const asked = readPage(request.query as object);
    if (isRefusal(asked)) return asked;
    const found = await findMovesOf(pool, participant.guid, asked);
    return { ...found, items: found.items.map(documentOf) };
  });

  server.get(
    MOVES,
    {
      config: { access: "signed" },
      schema: {
        summary: "Phones that move to accounts of yours or away from them, newest first",
        tags: ["Aliases"],
        querystring: {
          type: "object",
          properties: PAGING_QUERY,
        },
        response: { 200: described("a page of them", CursorPage(MoveView)), ...errorResponses(readMoves.refuses) },
      },
    },
    calls.read(readMoves),
  );

  const object: ParseRequest<ObjectToMove, Objected> = ({ participant: { guid, mode } }, payload) => {
    const phone = parseForm(payload);
    if (isRefusal(phone)) return phone;
    return {
      command: objectToMove,
      input: { participantGuid: guid, hash: phones.hash(mode, phone) },
      present(objected) {
        followAliases();
        const body: AnswerOf<typeof ObjectedAnswer> = { guid: objected.guid, status: "objected" };
        return { status: 200, body };
      },
    };
  };

  const parseForm = (payload: Parameters<typeof object>[1]): string | RefusalOf<typeof FORM_REFUSALS> => {
    const wrong = findWrongType(payload, { phone: "string" });
    if (wrong !== undefined) return invalid(wrong);
    return (
      parsePhone(payload.get("phone"), settings.phonePattern) ?? refuse("INVALID_CREDITOR_PHONE", { field: "phone" })
    );
  };

  server.post(
    OBJECTIONS,
    {
      config: { access: "signed" },
      schema: {
        summary: "Object to the move of a phone that is linked to an account of yours",
        tags: ["Aliases"],
        body: signedBody(Type.Object({ jti: Jti, phone: Type.String({ description: "E.164, of the scheme" }) })),
        response: {
          200: described("the move is off", ObjectedAnswer),
          ...errorResponses([...FORM_REFUSALS, ...objectToMove.refuses]),
        },
      },
    },
    calls.write(object),
  );
};
