/** Moves of phones that are left to an operator, on the exchange's listener. They name the banks and no phone. */
import type { Pool } from "pg";
import { Type } from "typebox";
import type { Executor } from "../../engine/index.ts";
import { Choice, Closed, CursorPage, cursorPaging, Ref, type Server } from "../../http/index.ts";
import { operatorErrorResponses } from "../errors.ts";
import { createSubmitOperatorCommand, type Directory, operatorOf } from "../participants/index.ts";
import { decideMove } from "./decide-move.ts";
import { findMove, listMoves } from "./queries.ts";
import { OperatorMoveComponent } from "./schemas.ts";

const MOVES = "/api/v1/operator/alias-moves";
const config = { access: "rail_operator" } as const;
const tags = ["Rail participants"];
const Move = Ref(OperatorMoveComponent);

export type MoveOperatorDeps = {
  readonly server: Server;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly pool: Pool;
};

export const registerMoveOperatorRoutes = ({ server, executor, directory, pool }: MoveOperatorDeps): void => {
  server.addSchema(OperatorMoveComponent);
  const submit = createSubmitOperatorCommand(executor, directory);

  server.get(
    MOVES,
    {
      config,
      schema: {
        summary: "Moves of phones whose notice was not taken in time, or one of whose banks is suspended, oldest first",
        tags,
        querystring: Type.Object(
          {
            state: Type.Optional(
              Choice(["left", "waiting", "all"], {
                description: "`left`: to an operator, which is meant without it; `waiting`: for anybody",
              }),
            ),
            ...cursorPaging(),
          },
          { additionalProperties: false },
        ),
        response: { 200: CursorPage(Move) },
      },
    },
    (request) => listMoves(pool, request.query.state ?? "left", request.query),
  );

  for (const decision of ["complete", "refuse"] as const)
    server.post(
      `${MOVES}/:guid/${decision}`,
      {
        config,
        schema: {
          summary:
            decision === "complete" ? "Let the phone go to the bank that wants it" : "Leave the phone where it is",
          description:
            "Of a move whose notice the present bank had not taken when its hold was over, or one of whose banks is suspended by then.",
          tags,
          params: Closed({ guid: Type.String({ format: "uuid" }) }),
          response: { 200: Move, ...operatorErrorResponses(decideMove.refuses) },
        },
      },
      (request, reply) => {
        const input = { operator: operatorOf(request), guid: request.params.guid, decision };
        return submit(request, reply, decideMove, input, {
          async present({ guid }) {
            reply.code(200).send(await findMove(pool, guid));
          },
        });
      },
    );
};
