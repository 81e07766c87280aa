/**
 * The usual handler: the same HTTP, the same signatures and the same checks, and then one statement per order that
 * writes the very rows that our server writes.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import pino from "pino";
import { Registry } from "prom-client";
import { readConfig } from "../../src/config.ts";
import { RAIL_DOCUMENTATION } from "../../src/documentation/index.ts";
import { openFeed } from "../../src/engine/index.ts";
import { createServer } from "../../src/http/index.ts";
import { instant, isRefusal } from "../../src/kernel/index.ts";
import { openIssuer, openKeyedHash, openSealing } from "../../src/keys/index.ts";
import { RAIL_ERROR_FORMAT, RAIL_ERRORS } from "../../src/rail/index.ts";
import { orderDocument, parseDraft } from "../../src/rail/orders/index.ts";
import { createDirectory } from "../../src/rail/participants/index.ts";
import { createPhoneCipher } from "../../src/rail/phone-cipher.ts";
import { createAuthenticate } from "../../src/rail/signed-requests/index.ts";
import {
  externalIds,
  orderDeadlines,
  orderHistory,
  orderStates,
  orders,
  payers,
  payRequests,
} from "../../src/rail/tables/index.ts";
import { railSettingsOf } from "../../src/settings.ts";
import { insert } from "../reference/insert.ts";

const CONNECTIONS = Number(process.env.REFERENCE_CONNECTIONS ?? 20);
const DAY_MS = 86_400_000;

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
const connectionString = config.database.url;
const settings = railSettingsOf(config);
const pool = new pg.Pool({
  connectionString,
  max: CONNECTIONS,
  types: {
    getTypeParser: (oid: number, format?: "text") =>
      oid === pg.types.builtins.TIMESTAMPTZ ? (at: string) => Date.parse(at) : pg.types.getTypeParser(oid, format),
  } as pg.CustomTypesConfig,
});
const issuer = await openIssuer(config.dataDir);
const phones = createPhoneCipher(await openKeyedHash(config.dataDir), await openSealing(config.dataDir));
const onFailure = (what: string, error: unknown) => console.error(what, error);
const feed = await openFeed({
  listenUrl: connectionString,
  schema: "rail",
  pool,
  onFailure: (error) => onFailure("feed", error),
});
const directory = createDirectory({ pool, feed, onFailure });
await directory.refresh();
let address = "";
const authenticate = createAuthenticate({ directory, audience: () => address });
const server = await createServer({
  name: "reference",
  errors: RAIL_ERRORS,
  errorFormat: RAIL_ERROR_FORMAT,
  tokens: null,
  publicJwks: () => issuer.publicJwks,
  logger: pino({ level: config.logLevel }),
  metrics: new Registry(),
  ready: async () => true,
  documentation: RAIL_DOCUMENTATION,
  bounds: config.bounds,
});
server.removeAllContentTypeParsers();
server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));

/** Takes the price, looks the phone up, and writes the order with all that belongs to it. */
const ORDER = `with phone as (select participant_guid, account from rail.phones where hash = $1 and account is not null),
  quota as (update rail.quotas set units = least(100000, units + 5 * 200 * extract(epoch from now() - refilled_at)::int) - 5,
      refilled_at = now(), row_version = row_version + 1
    where participant_guid = $2 and units >= 15 returning participant_guid),
  payer as (${insert(payers, { id: "$3", units: "3000000 - 30000", refilledAt: "now()" })}
    on conflict (id) do update set units = rail.payers.units - 30000, refilled_at = now(),
      row_version = rail.payers.row_version + 1 returning id),
  jti as (insert into rail.claims (scope, key, fingerprint, answer, expires_at)
    select 'jti ' || $2, key, $4, $4, now() + interval '1 day' from unnest($5::text[]) as u(key) returning key),
  used as (${insert(externalIds, { participantGuid: "$2", kind: "'order'", externalId: "$6", targetGuid: "$7" })}),
  made as (${insert(
    orders,
    {
      guid: "$7",
      participantGuid: "$2",
      mode: "'production'",
      type: "'phone'",
      phoneHash: "$1",
      phone: "$8",
      debtorAccount: "$9",
      expiresAt: "$10::timestamptz",
      amount: "$11::bigint",
      amountText: "$12",
      currency: "$13",
      externalId: "$6",
      purpose: "$14",
      payRequestGuid: "$15",
      createdAt: "now()",
    },
    "quota, payer",
  )} returning created_at),
  state as (${insert(
    orderStates,
    {
      orderGuid: "$7",
      participantGuid: "$2",
      phoneHash: "$1",
      status: "'processing'",
      changes: "1",
      creditorParticipantGuid: "participant_guid",
      creditorAccount: "account",
    },
    "phone",
  )}),
  story as (${insert(orderHistory, { orderGuid: "$7", change: "1", status: "'processing'", at: "now()" })}),
  deadline as (${insert(orderDeadlines, { orderGuid: "$7", dueAt: "$10::timestamptz" })}),
  request as (${insert(payRequests, {
    guid: "$15",
    orderGuid: "$7",
    participantGuid: "$2",
    phoneHash: "$1",
    debtorAccount: "$9",
    status: "'completed'",
    createdAt: "now()",
  })})
  select created_at from made, phone`;

server.post(
  "/api/v1/p2p/orders",
  { config: { access: "signed" }, schema: { response: { 201: {} } } },
  async (request, reply) => {
    const header = request.headers["cx-authorization"];
    const authenticated = await authenticate({
      path: request.url,
      headerToken: header === undefined ? null : String(header),
      body: { contentType: request.headers["content-type"] ?? "", bytes: request.body as Buffer },
    });
    if (authenticated.kind !== "accepted") throw new Error("not authorised");
    const { participant, uses } = authenticated.caller;
    const draft = parseDraft(authenticated.payload, participant, settings);
    if (isRefusal(draft) || draft.phone === null || draft.afterExpiry !== null) throw new Error("not an order");
    const [guid, payRequestGuid] = [randomUUID(), randomUUID()];
    const hash = phones.hash(participant.mode, draft.phone);
    const expiresAt = draft.expiresAt ?? Date.now() + DAY_MS;
    const sealed = phones.seal(hash, draft.phone);
    const payer = `${participant.mode} ${draft.debtorAccount}`;
    const { rows } = await pool.query<{ created_at: number }>({
      name: "order",
      text: ORDER,
      values: [
        hash,
        participant.guid,
        payer,
        guid,
        uses.map(({ of, jti }) => `${of} ${jti}`),
        draft.externalId,
        guid,
        sealed,
        draft.debtorAccount,
        new Date(expiresAt),
        draft.amount?.minor ?? null,
        draft.amount?.text ?? null,
        draft.currency,
        draft.purpose,
        payRequestGuid,
      ],
    });
    const [made] = rows;
    if (made === undefined) throw new Error("nothing was made");
    const order = {
      guid,
      participantGuid: participant.guid,
      mode: participant.mode,
      type: draft.type,
      phoneHash: hash,
      phone: sealed,
      creditorAccount: null,
      debtorAccount: draft.debtorAccount,
      expiresAt: instant(expiresAt),
      expiresAtText: draft.expiresAtText,
      amount: draft.amount?.minor ?? null,
      amountText: draft.amount?.text ?? null,
      currency: draft.currency,
      externalId: draft.externalId,
      purpose: draft.purpose,
      payRequestGuid,
      requestGuid: null,
      createdAt: instant(made.created_at),
    } as const;
    const said = orderDocument(
      order,
      { status: "processing", statusReason: null },
      { phone: draft.phone, page: null, payment: null },
    );
    return reply.code(201).header("content-type", "application/json; charset=utf-8").send(JSON.stringify(said));
  },
);

address = await server.listen({ host: config.host, port: config.port });
console.log(address);
process.stdin.resume();
process.stdin.once("end", () => void server.close().then(() => process.exit()));
