/** HTTP for the payer's bank, before its client pays. */
import { Type } from "typebox";
import { type AnswerOf, Closed } from "../../http/index.ts";
import type { EncryptionJwk } from "../../jws/index.ts";
import { refuse } from "../../kernel/index.ts";
import type { Asker } from "../budgets/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { parameterOf, parseGuid } from "../parsers/index.ts";
import { described } from "../schemas.ts";
import type { ParseRequest } from "../signed-calls.ts";
import { createAskBank } from "./ask-bank.ts";
import { chargeForCreditor, creditorAnswered } from "./charge.ts";
import { findPaidTo } from "./queries.ts";

const CreditorAnswer = Closed({
  jwe: Type.String({
    description: "compact JWE (A256GCM) of `{name}`, by the creditor's bank for your encryption key: we cannot read it",
  }),
});

const REFUSALS = ["INVALID_ORDER_GUID", "ORDER NOT FOUND", "ORDER_IS_EXPIRED", "INVALID_REQUEST"] as const;

export const registerCreditorRoutes = (deps: RailDeps): void => {
  const { server, calls, pool, directory, executor } = deps;
  const askBank = createAskBank(deps);

  const present = async (asker: Asker, question: Parameters<typeof askBank>[0]) => {
    const jwe = await askBank(question);
    if (jwe === null) return refuse("CREDITOR_BANK_SILENT");
    await executor.submit(creditorAnswered, asker, { caller: asker.participantGuid });
    return { status: 200, body: { jwe } satisfies AnswerOf<typeof CreditorAnswer> };
  };

  const ask: ParseRequest<Asker, null> = async ({ participant }, _payload, request) => {
    // Remembered, one question would be asked again and again for nothing.
    if (request.headers["idempotency-key"] !== undefined) return invalid("Idempotency-Key");
    const orderGuid = parseGuid(parameterOf(request.params, "guid"));
    if (orderGuid === null) return refuse("INVALID_ORDER_GUID");
    const paidTo = await findPaidTo(pool, participant.guid, orderGuid);
    if (paidTo === null) return refuse("ORDER NOT FOUND");
    if (paidTo.over) return refuse("ORDER_IS_EXPIRED");
    const key: EncryptionJwk | undefined = directory.encryptionKey(participant.guid);
    if (key === undefined) return invalid("encryption_key");
    const asker = { participantGuid: participant.guid, mode: participant.mode, account: paidTo.debtorAccount };
    const { creditorGuid, account } = paidTo;
    return {
      command: chargeForCreditor,
      input: asker,
      present: () => present(asker, { orderGuid, creditorGuid, account, key }),
    };
  };

  server.get(
    "/api/v1/p2p/orders/:guid/creditor",
    {
      config: { access: "signed" },
      schema: {
        summary: "Who it is that your client is about to pay, as the creditor's bank says, for you alone to read",
        description:
          "Of a phone order of yours that is `processing`, or of a link that you hold a pay request for. It takes an encryption key of yours (`encryption_key`), and costs what a look-up costs. A question that was charged uses up its `jti`, answered or not.",
        tags: ["Payments"],
        response: {
          200: described("what the bank answered, unread", CreditorAnswer),
          ...errorResponses([...REFUSALS, ...chargeForCreditor.refuses, "CREDITOR_BANK_SILENT"]),
        },
      },
    },
    calls.write(ask),
  );
};
