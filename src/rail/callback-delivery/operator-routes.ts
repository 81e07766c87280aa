/** Callbacks that could not be delivered, for operators, on the exchange's listener: which, to whom, why, and once more. */
import type { Pool } from "pg";
import { Type } from "typebox";
import { type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import { type Dead, type Deliveries, letters, sendAgain } from "../../deliveries/index.ts";
import type { Executor } from "../../engine/index.ts";
import {
  type AnswerOf,
  Choice,
  Closed,
  CursorPage,
  cursorPaging,
  Id,
  Nullable,
  Ref,
  type Server,
} from "../../http/index.ts";
import { instant, refuse, toRfc3339 } from "../../kernel/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { operatorErrorResponses } from "../errors.ts";
import {
  createSubmitOperatorCommand,
  type Directory,
  faultOfMode,
  type Operator,
  operatorOf,
  recordAct,
} from "../participants/index.ts";
import { CHANNEL } from "../settings.ts";
import { participants } from "../tables/index.ts";
import { eventOf } from "./serialize.ts";

const PATH = "/api/v1/operator/dead-callbacks";
const config = { access: "rail_operator" } as const;
const tags = ["Rail participants"];

const DeadCallback = Closed(
  {
    id: Id(),
    bank: Closed({ guid: Type.String(), name: Type.String() }),
    mode: Choice(["sandbox", "production"]),
    event_id: Type.String({ description: "the same at every attempt" }),
    type: Type.String({ description: "what it tells: `pay_in`, `order.updated`, `link_creditor` …" }),
    order_guid: Nullable(Type.String({ format: "uuid" })),
    attempts: Type.Integer({ minimum: 0 }),
    last_error: Nullable(Type.String({ description: "why the last attempt failed" })),
    created_at: Type.String({ format: "date-time" }),
  },
  { $id: "DeadCallback", description: "A callback that its bank did not take in ten attempts." },
);

type Bank = { readonly guid: string; readonly name: string; readonly mode: "sandbox" | "production" };

const banksOf = async (pool: Pool, guids: readonly string[]): Promise<ReadonlyMap<string, Bank>> => {
  const { rows } = await pool.query<Bank>({
    name: "banks of dead callbacks",
    text: "select guid, name, mode from rail.participants where guid = any($1)",
    values: [guids],
  });
  return new Map(rows.map((bank) => [bank.guid, bank]));
};

const documentOf = (dead: Dead, bank: Bank): AnswerOf<typeof DeadCallback> => {
  const event = eventOf(dead);
  return {
    id: dead.id,
    bank: { guid: bank.guid, name: bank.name },
    mode: bank.mode,
    event_id: dead.eventId,
    type: event.type,
    order_guid: "order_guid" in event ? event.order_guid : null,
    attempts: dead.attempts,
    last_error: dead.lastError,
    created_at: toRfc3339(instant(dead.createdAt)),
  };
};

const listDead = async ({ pool, deliveries }: Deps, query: ListQuery) => {
  const before = placeOf(query, NEWEST).id;
  const found = listPage(await deliveries.dead(query.limit + 1, query.offset, { before }), query, ({ id }) => ({
    rank: 0,
    id,
  }));
  const banks = await banksOf(
    pool,
    found.items.map(({ endpoint }) => endpoint),
  );
  return {
    ...found,
    items: found.items.map((dead) => {
      const bank = banks.get(dead.endpoint);
      if (bank === undefined) throw new Error("the bank of a callback has no row");
      return documentOf(dead, bank);
    }),
  };
};

type Resend = { readonly operator: Operator; readonly id: number };

/** Once for each time that it is asked for: what waits again is no dead letter any more. */
const resendDeadCallback = defineOperatorCommand<Resend, null>()({
  name: "resend-dead-callback",
  refuses: ["DEAD_CALLBACK_NOT_FOUND", "PRODUCTION_NEEDS_RAIL_OPERATOR"],
  route: ({ id }) => [letters.at(id)],
  needs({ id }, routes) {
    const letter = routes.get(letters.at(id));
    return letter?.channel === CHANNEL ? [letters.at(id), participants.at(letter.endpoint)] : [letters.at(id)];
  },
  decide(state, { operator, id }, { now }) {
    const letter = state.get(letters.at(id));
    const bank = letter?.channel === CHANNEL ? state.get(participants.at(letter.endpoint)) : undefined;
    if (bank === undefined) return refuse("DEAD_CALLBACK_NOT_FOUND");
    const fault = faultOfMode(bank.mode, operator);
    if (fault !== null) return fault;
    const again = sendAgain(letter, { channel: CHANNEL }, now);
    if (again === null) return refuse("DEAD_CALLBACK_NOT_FOUND");
    const act = recordAct(bank.guid, operator.id, { name: "callback_resent", details: { id }, at: now });
    return { result: null, writes: [again, act], events: [] };
  },
});

type Deps = {
  readonly server: Server;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly pool: Pool;
  readonly deliveries: Deliveries;
};

export const registerDeadCallbackRoutes = (deps: Deps): void => {
  const { server, executor, directory } = deps;
  const submit = createSubmitOperatorCommand(executor, directory);
  server.addSchema(DeadCallback);

  server.get(
    PATH,
    {
      config,
      schema: {
        summary: "Callbacks that could not be delivered, newest first",
        tags,
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Ref(DeadCallback)) },
      },
    },
    (request) => listDead(deps, request.query),
  );

  server.post(
    `${PATH}/:id/resend`,
    {
      config,
      schema: {
        summary: "Have a dead callback sent again, with ten more attempts",
        operationId: "resendDeadCallback",
        tags,
        params: Closed({ id: Id() }),
        response: {
          200: Closed({ id: Id(), state: Type.Literal("waiting") }),
          ...operatorErrorResponses(resendDeadCallback.refuses),
        },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      return submit(
        request,
        reply,
        resendDeadCallback,
        { operator: operatorOf(request), id },
        {
          async present() {
            reply.code(200).send({ id, state: "waiting" });
          },
        },
      );
    },
  );
};
