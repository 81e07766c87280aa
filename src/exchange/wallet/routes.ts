/** HTTP for wallets: their owner's view, and what the host platform does to them. */
import { Type } from "typebox";
import type { Claim } from "../../engine/index.ts";
import { Choice, Closed, callerOf, cursorPaging, Id, Ref, sendRefusal } from "../../http/index.ts";
import { amount, isRefusal, refuse, traderId } from "../../kernel/index.ts";
import { TRANSFER_KINDS } from "../../ledger/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { invalidQuery } from "../issues.ts";
import { periodMembers, readPeriod } from "../periods.ts";
import { UserId } from "../schemas.ts";
import { LIMITS } from "../settings.ts";
import { registerActRoutes } from "./acts-routes.ts";
import { credit } from "./credit.ts";
import { debit } from "./debit.ts";
import { findWallet, listTransfers, statementOf } from "./queries.ts";
import {
  CreditBody,
  DebitBody,
  PlatformEntrySchema,
  TransferPage,
  WagerBody,
  WagerEntrySchema,
  WalletSchema,
} from "./schemas.ts";
import { statementCsv } from "./statement.ts";
import { wager } from "./wager.ts";

/** What the claim says no with. */
const EXTERNAL_REFUSALS = ["EXTERNAL_ID_REUSED"] as const;

/** The first use answers 201, the same again 200 with the first result. A refused use leaves the id free. */
const externalClaim = (
  path: string,
  externalId: string,
  content: readonly unknown[],
): Claim<(typeof EXTERNAL_REFUSALS)[number]> => ({
  scope: `external ${path}`,
  key: externalId,
  fingerprint: JSON.stringify(content),
  mismatch: refuse("EXTERNAL_ID_REUSED"),
  keeps: "results",
  lifetimeMs: null,
  guard: null,
});

/** Content like the rest; what was sent without one is what it always was. */
const reasonIn = (reason: string | undefined): readonly string[] => (reason === undefined ? [] : [reason]);

const STATEMENT = {
  description: "a line for each movement, below a line of names",
  content: { "text/csv": { schema: Type.String() } },
};

const createdOrRepeated = (repeated: boolean): number => (repeated ? 200 : 201);

export const registerWalletRoutes = (deps: ExchangeDeps) => {
  const { server, pool } = deps;

  server.get(
    "/api/v1/wallet",
    {
      config: { access: "trader" },
      schema: { summary: "One's own wallet", tags: ["Wallet"], response: { 200: Ref(WalletSchema) } },
    },
    async (request) => {
      const wallet = await findWallet(pool, callerOf(request).traderId);
      if (wallet === null) throw new Error("a caller has no account");
      return wallet;
    },
  );

  server.get(
    "/api/v1/wallet/transfers",
    {
      config: { access: "trader" },
      schema: {
        summary: "What moved in and out, newest first",
        description:
          "A page of one kind may hold fewer than asked for while `has_more` is true: `next` leads on from where it ended.",
        tags: ["Wallet"],
        querystring: Closed({
          kind: Type.Optional(Choice(TRANSFER_KINDS)),
          order_id: Type.Optional(Id("only what this order moved")),
          ...periodMembers("moved"),
          ...cursorPaging(),
        }),
        response: { 200: TransferPage },
      },
    },
    async (request, reply) => {
      const { from, to, order_id: orderId, ...query } = request.query;
      const period = readPeriod({ from, to });
      if (isRefusal(period)) return sendRefusal(reply, period);
      return reply.send(await listTransfers(pool, callerOf(request).traderId, { ...query, orderId, period }));
    },
  );

  server.get(
    "/api/v1/wallet/statement.csv",
    {
      config: { access: "trader" },
      schema: {
        summary: "What moved in a period, oldest first, as CSV",
        description: `Up to ${LIMITS.statementLines} movements; of a period with more, a shorter one has to be asked for.`,
        tags: ["Wallet"],
        querystring: Closed(periodMembers("moved")),
        response: { 200: STATEMENT },
      },
    },
    async (request, reply) => {
      const period = readPeriod(request.query);
      if (isRefusal(period)) return sendRefusal(reply, period);
      const movements = await statementOf(pool, callerOf(request).traderId, period);
      if (movements === null) {
        const message = `covers more than ${LIMITS.statementLines} movements: ask for a shorter period`;
        return sendRefusal(reply, invalidQuery({ pointer: "/from", message }));
      }
      return reply
        .header("content-type", "text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="statement.csv"')
        .send(statementCsv(movements));
    },
  );

  registerPlatformRoutes(deps);
  registerActRoutes(deps);
};

const registerPlatformRoutes = ({ server, pool, settings, submit, register }: ExchangeDeps) => {
  const commands = { credit: credit(settings), debit, wager };

  server.post(
    "/api/v1/platform/credits",
    {
      config: { access: "platform", stepUp: "always" },
      schema: {
        summary: "Credit a user; an unknown one is made",
        tags: ["Host platform"],
        body: CreditBody,
        response: {
          200: Ref(PlatformEntrySchema),
          201: Ref(PlatformEntrySchema),
          ...errorResponses([...commands.credit.refuses, ...EXTERNAL_REFUSALS]),
        },
      },
    },
    async (request, reply) => {
      const { user_id, kind, external_id, wagering_required, reason, ...body } = request.body;
      await register(user_id, null);
      const wageringRequired = wagering_required === undefined ? undefined : amount(wagering_required);
      const input = {
        by: callerOf(request).traderId,
        traderId: traderId(user_id),
        amount: amount(body.amount),
        kind,
        externalId: external_id,
        wageringRequired,
        reason,
      };
      const content = [user_id, body.amount, kind, wagering_required ?? null, ...reasonIn(reason)];
      const claims = [externalClaim("credits", external_id, content)];
      await submit(request, reply, commands.credit, input, { status: createdOrRepeated, claims, guarded: false });
    },
  );

  server.post(
    "/api/v1/platform/debits",
    {
      config: { access: "platform", stepUp: "always" },
      schema: {
        summary: "Debit a user",
        tags: ["Host platform"],
        body: DebitBody,
        response: {
          200: Ref(PlatformEntrySchema),
          201: Ref(PlatformEntrySchema),
          ...errorResponses([...commands.debit.refuses, ...EXTERNAL_REFUSALS]),
        },
      },
    },
    async (request, reply) => {
      const { user_id, kind, external_id, reason, ...body } = request.body;
      const input = {
        by: callerOf(request).traderId,
        traderId: traderId(user_id),
        amount: amount(body.amount),
        kind,
        externalId: external_id,
        reason,
      };
      const content = [user_id, body.amount, kind, ...reasonIn(reason)];
      const claims = [externalClaim("debits", external_id, content)];
      await submit(request, reply, commands.debit, input, { status: createdOrRepeated, claims, guarded: false });
    },
  );

  server.post(
    "/api/v1/platform/wagers",
    {
      config: { access: "platform" },
      schema: {
        summary: "Tell a user's turnover; an unknown user is made",
        tags: ["Host platform"],
        body: WagerBody,
        response: {
          200: Ref(WagerEntrySchema),
          201: Ref(WagerEntrySchema),
          ...errorResponses([...commands.wager.refuses, ...EXTERNAL_REFUSALS]),
        },
      },
    },
    async (request, reply) => {
      const { user_id, external_id, ...body } = request.body;
      await register(user_id, null);
      const input = { traderId: traderId(user_id), amount: amount(body.amount), externalId: external_id };
      const claims = [externalClaim("wagers", external_id, [user_id, body.amount])];
      await submit(request, reply, commands.wager, input, { status: createdOrRepeated, claims, guarded: false });
    },
  );

  server.get(
    "/api/v1/platform/users/:id/wallet",
    {
      config: { access: "platform" },
      schema: {
        summary: "A user's wallet",
        tags: ["Host platform"],
        params: Closed({ id: UserId }),
        response: { 200: Ref(WalletSchema), ...errorResponses(["USER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const wallet = await findWallet(pool, request.params.id);
      return wallet === null ? sendRefusal(reply, refuse("USER_NOT_FOUND")) : reply.send(wallet);
    },
  );
};
