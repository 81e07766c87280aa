/** The books of a day for whoever runs the scheme, on the exchange's listener: every bank's position, and one bank's sums. */
import type { FastifyReply } from "fastify";
import type { Pool } from "pg";
import { Type } from "typebox";
import { Closed, type Server, sendRefusal } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import { operatorErrorResponses } from "../errors.ts";
import type { Directory } from "../participants/index.ts";
import { type Day, isAhead, isFinal, parseDay } from "./day.ts";
import { databaseTime, namesOf, sumsOfBank, sumsOfWorld } from "./queries.ts";
import { BankRegisterAnswer, DateText, PositionsAnswer } from "./schemas.ts";
import { positionsOfAll, registerOf } from "./sums.ts";
import { operatorSums, positionText } from "./views.ts";

type Deps = { readonly server: Server; readonly pool: Pool; readonly directory: Directory };

const REGISTERS = "/api/v1/operator/registers";
const config = { access: "rail_operator" } as const;
const tags = ["Rail participants"];

/** @returns null, once it has said what is wrong with the date */
const askedDay = async (pool: Pool, reply: FastifyReply, date: string) => {
  const day = parseDay(date);
  const now = await databaseTime(pool);
  if (day !== null && !isAhead(day, now)) return { ...day, final: isFinal(day, now) };
  const issue = { in: "query", pointer: "/date", message: "must be a day that has begun, in UTC" };
  sendRefusal(reply, refuse("VALIDATION_ERROR", { issues: [issue] }));
  return null;
};

export const registerRegisterOperatorRoutes = (deps: Deps): void => {
  registerPositions(deps);
  registerBank(deps);
};

const registerPositions = ({ server, pool }: Deps): void => {
  server.get(
    REGISTERS,
    {
      config,
      schema: {
        summary: "What every bank has more or less of for a day",
        description: "The positions come to zero together; a settlement agent moves them.",
        tags,
        querystring: Closed({ date: DateText, mode: PositionsAnswer.properties.mode }),
        response: { 200: PositionsAnswer, ...operatorErrorResponses(["VALIDATION_ERROR"]) },
      },
    },
    async (request, reply) => {
      const { date, mode } = request.query;
      const day = await askedDay(pool, reply, date);
      if (day === null) return;
      const { positions, totals } = positionsOfAll(await sumsOfWorld(pool, mode, day));
      const names = await namesOf(pool, [...new Set(positions.map(({ bank }) => bank))]);
      reply.send({
        date,
        mode,
        final: day.final,
        positions: positions.map(({ bank, ...position }) => ({
          bank: { guid: bank, name: names.get(bank) ?? "" },
          ...positionText(position),
        })),
        totals: totals.map(positionText),
      });
    },
  );
};

const registerBank = ({ server, pool, directory }: Deps): void => {
  const documentOf = async (
    bank: { readonly guid: string; readonly name: string },
    day: Day & { readonly final: boolean },
  ) => {
    const summed = registerOf(bank.guid, await sumsOfBank(pool, bank.guid, day));
    const names = await namesOf(
      pool,
      summed.counterparties.map(({ counterparty }) => counterparty),
    );
    return { date: day.date, final: day.final, bank, ...operatorSums(summed, names) };
  };

  server.get(
    `${REGISTERS}/:guid`,
    {
      config,
      schema: {
        summary: "What a bank paid, got and returned on a day, by the other bank",
        tags,
        params: Closed({ guid: Type.String({ format: "uuid" }) }),
        querystring: Closed({ date: DateText }),
        response: { 200: BankRegisterAnswer, ...operatorErrorResponses(["PARTICIPANT_NOT_FOUND", "VALIDATION_ERROR"]) },
      },
    },
    async (request, reply) => {
      const day = await askedDay(pool, reply, request.query.date);
      if (day === null) return;
      await directory.refresh();
      const bank = directory.participant(request.params.guid);
      if (bank === undefined) sendRefusal(reply, refuse("PARTICIPANT_NOT_FOUND"));
      else reply.send(await documentOf({ guid: bank.guid, name: bank.name }, day));
    },
  );
};
