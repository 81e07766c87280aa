/** The two published methods, and the way back to an order whose answer was lost. */
import { uuidv7 } from "../../engine/index.ts";
import { isRefusal, refuse } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { parameterOf, parseExternalId, parseGuid } from "../parsers/index.ts";
import type { Directory } from "../participants/index.ts";
import { described, Order, orderBody, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import type { Participant } from "../tables/index.ts";
import { type Created, type CreateOrder, createOrder } from "./create-order.ts";
import { DRAFT_REFUSALS, parseDraft } from "./draft.ts";
import { createOrderPresenter } from "./present.ts";
import { createFindOrder, type FoundOrder, findOrderByExternalId } from "./queries.ts";
import type { Candidates } from "./reach.ts";

const ORDERS = "/api/v1/p2p/orders";

/** Who may be asked for a receiver: the others of the same world that can be reached and want to be asked. */
const candidatesFor = ({ guid, mode }: Participant, directory: Directory): Candidates => {
  const candidates = directory.searchable(mode).filter((bank) => bank !== guid);
  return { candidates, doubtful: candidates.filter(directory.isDoubtful) };
};
const NOBODY: Candidates = { candidates: [], doubtful: [] };

export const registerOrderRoutes = (deps: RailDeps): void => {
  const { server, calls, pool, settings, phones, directory } = deps;
  const present = createOrderPresenter(deps);
  const findOrder = createFindOrder(pool);

  const create: ParseRequest<CreateOrder, Created> = ({ participant }, payload) => {
    const draft = parseDraft(payload, participant, settings);
    if (isRefusal(draft)) return draft;
    const { guid: participantGuid, mode } = participant;
    const hash = draft.phone === null ? null : phones.hash(mode, draft.phone);
    const input: CreateOrder = {
      participantGuid,
      mode,
      draft,
      phone: hash === null ? null : { hash, sealed: phones.seal(hash, draft.phone ?? "") },
      guid: uuidv7(),
      payRequestGuid: uuidv7(),
      requestGuid: uuidv7(),
      unavailable: directory.suspended(),
      ...(hash === null ? NOBODY : candidatesFor(participant, directory)),
      ackMs: settings.searchAckMs,
      mostADay: settings.searchesPerDay[mode],
    };
    return {
      command: createOrder,
      input,
      async present(created, replayed) {
        const body = replayed
          ? await present.found(await mustFind(participantGuid, created.guid))
          : await present.created(input, created);
        return { status: 201, body, location: `${ORDERS}/${created.guid}` };
      },
    };
  };

  const mustFind = async (participantGuid: string, guid: string): Promise<FoundOrder> => {
    const found = await findOrder({ participantGuid, guid });
    if (found === null) throw new Error("an order that was answered is not there");
    return found;
  };

  server.post(
    ORDERS,
    {
      config: { access: "signed" },
      schema: {
        summary: "Order a payment to whoever has this phone, or make a link to be paid by",
        tags: ["Orders"],
        body: signedBody(orderBody),
        response: {
          201: described(
            "the order; `status` says whether a receiver was found, is searched for, or there is none",
            Order,
          ),
          ...errorResponses([...DRAFT_REFUSALS, ...createOrder.refuses]),
        },
      },
    },
    calls.write(create),
  );

  const readOrder = defineQuery(["INVALID_ORDER_GUID", "ORDER NOT FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(Reflect.get(request.params as object, "guid"));
    if (guid === null) return refuse("INVALID_ORDER_GUID");
    const found = await findOrder({ participantGuid: participant.guid, guid });
    return found === null ? refuse("ORDER NOT FOUND") : present.found(found);
  });

  server.get(
    `${ORDERS}/:guid`,
    {
      config: { access: "signed" },
      schema: {
        summary: "An order of yours",
        tags: ["Orders"],
        response: {
          200: described("the order as it is now", Order),
          ...errorResponses(readOrder.refuses),
        },
      },
    },
    calls.read(readOrder),
  );

  const readByExternalId = defineQuery(["INVALID_EXTERNAL_ID", "ORDER NOT FOUND"], async ({ participant }, request) => {
    const externalId = parseExternalId(parameterOf(request.query, "external_id"));
    if (externalId === null) return refuse("INVALID_EXTERNAL_ID", { field: "external_id" });
    const found = await findOrderByExternalId(pool, participant.guid, externalId);
    return found === null ? refuse("ORDER NOT FOUND") : present.found(found);
  });

  server.get(
    ORDERS,
    {
      config: { access: "signed" },
      schema: {
        summary: "An order of yours by your own id for it, after an answer was lost",
        tags: ["Orders"],
        querystring: {
          type: "object",
          required: ["external_id"],
          properties: { external_id: { type: "string", pattern: "^[!-~]{1,64}$" } },
        },
        response: {
          200: described("the order as it is now", Order),
          ...errorResponses(readByExternalId.refuses),
        },
      },
    },
    calls.read(readByExternalId),
  );
};
