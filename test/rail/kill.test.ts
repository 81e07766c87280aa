/** A real server is killed between a change and the callback that tells of it. The callback comes after the restart. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generateKey } from "../../src/jws/index.ts";
import { auditRail } from "../../src/rail/index.ts";
import { createInstallation, type Installation } from "../crash/server-process.ts";
import { query } from "../support/cluster.ts";
import {
  eventually,
  freshCode,
  ibanOf,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  type Signatory,
  signCall,
} from "../support/rail.ts";

/** A quiet machine takes six seconds. */
const LIMIT = { timeout: 600_000 };

let installation: Installation;
const servers: ListeningBank[] = [];
before(async () => {
  installation = await createInstallation();
  await installation.start();
});
after(async () => {
  for (const server of servers) await server.close();
  await installation.remove();
});

/** Where the process that runs now has its rail: the system chooses the port, and it says so. */
const railAddress = (): Promise<string> =>
  eventually(
    async () =>
      installation
        .output()
        .match(/(?<=The rail between banks at )\S+/g)
        ?.at(-1),
    "the rail's address",
  );

const sql = async (statement: string): Promise<Json[]> =>
  (await query(await installation.databaseUrl(), statement))[0]?.rows ?? [];

type Client = Signatory & { readonly code: string };

const listen = async (): Promise<ListeningBank> => {
  const server = await listenAsBank();
  servers.push(server);
  return server;
};

const operate = async (path: string, body: object): Promise<Json> => {
  const token = await (await installation.issuer()).signToken({ sub: "olena", roles: ["operator"], ttlSeconds: 600 });
  const answered = await fetch(`http://127.0.0.1:${installation.port}/api/v1/operator${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answered.text();
  assert.equal(answered.status, 201, text);
  return JSON.parse(text);
};

const register = async (callbackUrl: string, receiverSearch = false): Promise<Client> => {
  const code = freshCode();
  const terms = { name: `Bank ${code}`, mode: "sandbox", profile: "strong", bank_codes: [code] };
  const { guid } = await operate("/participants", {
    ...terms,
    callback_url: callbackUrl,
    receiver_search: receiverSearch,
  });
  const pair = await generateKey("ES256", `key-${code}`);
  await operate(`/participants/${guid}/keys`, pair.publicJwk);
  return { guid, profile: "strong", key: pair.privateJwk, code };
};

const post = async (who: Client, path: string, payload: object, status: number): Promise<Json> => {
  const origin = await railAddress();
  const { headers, body } = await signCall(who, origin, { method: "POST", path, payload });
  const answered = await fetch(`${origin}/api/v1${path}`, { method: "POST", headers, body: String(body) });
  const text = await answered.text();
  assert.equal(answered.status, status, text);
  return JSON.parse(text);
};

const orderFrom = (payer: Client): Promise<Json> =>
  post(
    payer,
    "/p2p/orders",
    {
      type: "phone",
      creditor: { phone: phone() },
      debtor: { account: ibanOf(payer.code) },
      currency: "UAH",
      external_id: "killed-1",
      purpose: "For the tickets",
    },
    201,
  );

test(
  "a server killed between the commit and the callback sends it after its restart, with the same event id",
  LIMIT,
  async () => {
    const [hanging, late, asked] = [await listen(), await listen(), await listen()];
    const gone = await listenAsBank();
    const port = Number(new URL(gone.url).port);
    const finder = await register(asked.url, true);
    const payers = {
      hanging: await register(hanging.url),
      gone: await register(gone.url),
      late: await register(late.url),
    };
    await gone.close();
    hanging.answer("hang");
    late.answer("hang");

    const orders: Record<string, Json> = {};
    const find = async (name: keyof typeof payers) => {
      const order = await orderFrom(payers[name]);
      orders[name] = order;
      assert.equal(order.status, "pending");
      const [search] = await sql(`select request_guid from rail.orders where guid = '${order.guid}'`);
      await asked.next(({ payload }) => payload.request_guid === search.request_guid, "the question");
      return () =>
        post(
          finder,
          "/p2p/callbacks",
          {
            type: "creditor_linked",
            request_guid: search.request_guid,
            result: "success",
            account: ibanOf(finder.code),
            consent: { method: "otp", at: new Date().toISOString(), reference: "consent-1" },
          },
          200,
        );
    };
    const queued = (name: string) =>
      sql(`select * from deliveries.queue where subject = 'order ${orders[name].guid}'
      and body::json->>'type' <> 'link_creditor' order by id`);

    await (await find("hanging"))();
    await (await find("gone"))();
    const unanswered = await hanging.next(() => true, "an attempt that nobody answers");
    const refused = await eventually(async () => {
      const [first] = await queued("gone");
      return first?.last_error !== null && first;
    }, "an attempt that nobody takes");
    // Acknowledged, and in the same moment it is over.
    await (await find("late"))();
    await installation.end("SIGKILL");

    hanging.answer({ status: 200 });
    late.answer({ status: 200 });
    const back = await listenAsBank({ port });
    servers.push(back);
    await installation.start();
    // Nobody waits here until the dead process has lost what it had taken.
    await sql("update deliveries.queue set next_at = now() where state = 'waiting'");

    const told = async (server: ListeningBank, name: string) => {
      const paying = await server.next(({ payload }) => payload?.type === "pay_request", `${name}: the last callback`);
      const rows = await queued(name);
      assert.equal(paying.payload.event_id, rows[1].event_id);
      const updates = server.of("/callbacks", "order.updated").map(({ payload }) => payload);
      assert.ok(updates.length > 0);
      for (const { event_id: id, seq, data } of updates) {
        assert.deepEqual([id, seq, data.guid, data.status], [rows[0].event_id, 1, orders[name].guid, "processing"]);
      }
      assert.equal(new Set(updates.map(({ jti }) => jti)).size, updates.length);
      return updates;
    };
    const again = await told(hanging, "hanging");
    assert.equal(again.length, 2, "once before the kill, once after it");
    assert.equal(again[0]?.event_id, unanswered.payload.event_id);
    assert.equal((await told(back, "gone"))[0]?.event_id, refused.event_id);
    await told(late, "late");
    await eventually(
      async () => (await sql("select from deliveries.queue where state <> 'delivered'")).length === 0,
      "everything is settled",
    );
    assert.deepEqual((await auditRail(await installation.databaseUrl())).findings, []);
  },
);
