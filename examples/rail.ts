/**
 * `npm run demo:rail`: a third bank comes to the demo's rail and pays by phone and by link, over HTTP, each step printed.
 * Needs a running server with DEMO=1 on the same DATA_DIR. Waits for what happens, never for time to pass.
 */
import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Answer,
  accountOf,
  type Call,
  jsonObject,
  numberOf,
  outcomeOf,
  type RunningBank,
  startBank,
} from "../simulators/bank/index.ts";
import { enrol, type RunningDemo, readRunning, setUrls, VISITOR_BANK } from "../simulators/sample-market/index.ts";
import { readConfig } from "../src/config.ts";
import { type JsonValue, writeJson } from "../src/jws/index.ts";
import { openIssuer } from "../src/keys/index.ts";

const TOKEN_SECONDS = 600;
/** What has not happened by then is not going to. */
const PATIENCE_MS = 30_000;
const AMOUNT: JsonValue = { number: "1500.75" };
const VISITOR = VISITOR_BANK.title;

type Json = Readonly<Record<string, unknown>>;
type Event = { readonly seq: number; readonly type: string; readonly data: Json };
/** Somebody whose events can be asked for. */
type Player = { readonly title: string; readonly controlAddress: string };
type Stage = {
  readonly visitor: RunningBank;
  readonly cirrus: Player;
  readonly aurora: Player;
  readonly borealis: Player;
};
type Order = Json & { readonly guid: string; readonly status: string; readonly pay_request_guid: string };

const say = (line = ""): void => console.log(line);
const show = (who: string, line: string): void => say(`  ${who.padEnd(14)} ${line}`);
const title = (text: string): void => say(`\n━━ ${text} ━━`);
let calls = 0;
let heardOf = 0;

/** A picture is not for reading. */
const shortened = (text: string): string => text.replace(/("qr_code":")[^"]{24}[^"]*"/, '$1…"');

const showCall = ({ method, path, payload }: Call, answer: Answer): void => {
  calls++;
  show(VISITOR, `${method} ${path}`);
  if (payload !== undefined) show("", writeJson(payload));
  show("", `${outcomeOf(answer)} ${shortened(answer.text)}`);
};

/** Five digits that nobody has had yet, most likely. */
const fresh = (ending: string): string => numberOf(ending, String(randomInt(1, 100_000)).padStart(5, "0"));

/** Each payer has a budget of questions: the demo may be played all day. */
const payer = (): string => accountOf(VISITOR_BANK.code, `+38067${String(randomInt(10_000_000)).padStart(7, "0")}`);

/** A signed call of the visiting bank; what is refused ends the demo. */
const call = async <Result>({ visitor }: Stage, asked: Call): Promise<Result> => {
  const answer = await visitor.client.call(asked);
  if (answer.status >= 400) throw new Error(`the demo stops: the rail refused ${asked.path} with ${answer.text}`);
  return JSON.parse(answer.text) as Result;
};

/** Has another bank do something, as a person at its screen would. */
const tell = async <Result>({ title: who, controlAddress }: Player, method: string, path: string, body: Json) => {
  show(who, `${method} ${path} ${JSON.stringify(body)}`);
  const response = await fetch(`${controlAddress}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  show("", `${response.status} ${shortened(text)}`);
  if (!response.ok) throw new Error(`the demo stops: ${who} could not do it`);
  return JSON.parse(text) as Result;
};

/** Resolves with the event once it is there. @param signal gives it up */
const heard = async (
  { title: who, controlAddress }: Player,
  what: string,
  matches: (event: Event) => boolean,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<Event> => {
  for (let after = 0; ; ) {
    const response = await fetch(`${controlAddress}/demo/events?after=${after}&wait=20`, { signal }).catch(
      (error: Error) => {
        throw error.name === "TimeoutError" ? new Error(`the demo stops: ${who} never heard of ${what}`) : error;
      },
    );
    const { events } = (await response.json()) as { readonly events: readonly Event[] };
    const found = events.find(matches);
    after = events.at(-1)?.seq ?? after;
    if (found === undefined) continue;
    heardOf++;
    show(who, `← ${found.type} ${shortened(JSON.stringify(found.data))}`);
    return found;
  }
};

const isOf =
  (type: string, member: string, value: unknown, status?: string) =>
  (event: Event): boolean =>
    event.type === type && event.data[member] === value && (status === undefined || event.data.status === status);

const orderByPhone = (stage: Stage, phone: string): Promise<Order> =>
  call<Order>(stage, {
    method: "POST",
    path: "/api/v1/p2p/orders",
    payload: jsonObject({
      creditor: jsonObject({ phone }),
      debtor: jsonObject({ account: payer() }),
      amount: AMOUNT,
      currency: "UAH",
      external_id: crypto.randomUUID(),
      purpose: "Replenishment of own account",
      type: "phone",
    }),
  });

const expect = (is: string, wanted: string): void => {
  if (is !== wanted) throw new Error(`the demo stops: the order is ${is}, not ${wanted}`);
};

/** From the account that the pay request names to both banks knowing that the money is there. */
const pay = async (stage: Stage, orderGuid: string, receiver: Player): Promise<void> => {
  const payment = await call<{ readonly guid: string }>(stage, {
    method: "POST",
    path: "/api/v1/p2p/payment-messages",
    payload: jsonObject({
      order_guid: orderGuid,
      payment_message_external_id: crypto.randomUUID(),
      amount: AMOUNT,
      currency: "UAH",
    }),
  });
  await heard(receiver, "the payment", isOf("pay_in", "guid", payment.guid));
  await heard(stage.cirrus, "the end of the payment", isOf("pay_out", "guid", payment.guid));
};

const readPayRequest = (stage: Stage, guid: string): Promise<Json> =>
  call<Json>(stage, { method: "GET", path: `/api/v1/p2p/pay-requests/${guid}` });

const playAlias = async (stage: Stage): Promise<void> => {
  title("A linked phone: the order knows its receiver at once");
  const phone = fresh("02");
  await tell(stage.borealis, "PUT", "/demo/aliases", { phone });
  const order = await orderByPhone(stage, phone);
  expect(order.status, "processing");
  await readPayRequest(stage, order.pay_request_guid);
  await pay(stage, order.guid, stage.borealis);
};

const playSearch = async (stage: Stage): Promise<void> => {
  title("An unknown phone: the other banks are asked, and one has it");
  const phone = fresh("04");
  const order = await orderByPhone(stage, phone);
  expect(order.status, "pending");
  await heard(stage.borealis, "the question", isOf("link_creditor", "phone", phone));
  await heard(stage.cirrus, "the receiver", isOf("order.updated", "guid", order.guid, "processing"));
  await heard(stage.cirrus, "where to pay", isOf("pay_request", "order_guid", order.guid, "completed"));
  await pay(stage, order.guid, stage.borealis);
};

const playRefusal = async (stage: Stage): Promise<void> => {
  title("A phone that nobody has: the order is rejected");
  const order = await orderByPhone(stage, fresh("05"));
  expect(order.status, "pending");
  await heard(stage.cirrus, "the end of the search", isOf("order.updated", "guid", order.guid, "rejected"));
};

const playClaims = async (stage: Stage): Promise<void> => {
  title("Two banks say that it is theirs: the first one wins, the other is told");
  const phone = fresh("07");
  const order = await orderByPhone(stage, phone);
  const { data } = await heard(stage.aurora, "the question", isOf("link_creditor", "phone", phone));
  await heard(stage.cirrus, "the receiver", isOf("order.updated", "guid", order.guid, "processing"));
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const isCancelled = isOf("link_cancelled", "request_guid", data.request_guid);
  const loser = await Promise.any(
    [stage.aurora, stage.borealis].map((bank) => heard(bank, "its loss", isCancelled, signal).then(() => bank)),
  );
  over.abort();
  await pay(stage, order.guid, loser === stage.aurora ? stage.borealis : stage.aurora);
};

type LinkOrder = Order & { readonly deeplinks_page_url: string; readonly qr_code: string };

/** As a browser does; what it says at the top is shown. */
const openPage = async ({ deeplinks_page_url: url }: LinkOrder): Promise<void> => {
  show("a browser", `GET ${url}`);
  const page = await fetch(url);
  show("", `${page.status} ${/<h1>(.*?)<\/h1>/s.exec(await page.text())?.[1] ?? ""}`);
  if (!page.ok) throw new Error("the demo stops: the link has no page");
};

const playLink = async (stage: Stage, dataDir: string): Promise<void> => {
  title("A link: the receiver's bank makes it, whoever opens it chooses a bank to pay with");
  const order = await tell<LinkOrder>(stage.aurora, "POST", "/demo/orders", {
    amount: 1500.75,
    purpose: "Two tickets",
  });
  expect(order.status, "created");
  const picture = join(dataDir, "demo-link.png");
  await writeFile(picture, Buffer.from(order.qr_code, "base64"));
  show("", `its QR code is in ${picture}`);
  await openPage(order);
  const request = await call<{ readonly guid: string }>(stage, {
    method: "POST",
    path: "/api/v1/p2p/pay-requests",
    payload: jsonObject({ order_guid: order.guid, debtor: jsonObject({ account: payer() }) }),
  });
  await readPayRequest(stage, request.guid);
  await pay(stage, order.guid, stage.aurora);
  await openPage(order);
};

const play = async (stage: Stage, dataDir: string): Promise<void> => {
  await playAlias(stage);
  await playSearch(stage);
  await playRefusal(stage);
  await playClaims(stage);
  await playLink(stage, dataDir);
};

const playerOf = ({ banks }: RunningDemo, name: string): Player => {
  const bank = banks.find((one) => one.name === name);
  if (bank === undefined) throw new Error(`the demo has no bank ${name}`);
  return bank;
};

const visit = async (running: RunningDemo, dataDir: string): Promise<void> => {
  const issuer = await openIssuer(dataDir);
  const token = await issuer.signToken({ sub: "demo", roles: ["operator"], ttlSeconds: TOKEN_SECONDS });
  const operating = { url: running.operators, token };
  const { guid, key } = await enrol(operating, dataDir, VISITOR_BANK);
  const visitor = await startBank({
    ...VISITOR_BANK,
    guid,
    key,
    railUrl: running.rail,
    audience: running.audience,
    host: "127.0.0.1",
    port: 0,
    controlPort: 0,
    log: () => {},
    onCall: showCall,
  });
  try {
    await setUrls(operating, guid, { callback_url: visitor.address, deeplink_url: visitor.appUrl });
    say(`${VISITOR} (${guid}) is on the rail at ${running.rail}, and is called at ${visitor.address}.`);
    const cirrus = { title: VISITOR, controlAddress: visitor.controlAddress };
    const stage = { visitor, cirrus, aurora: playerOf(running, "aurora"), borealis: playerOf(running, "borealis") };
    await play(stage, dataDir);
    await setUrls(operating, guid, { callback_url: null, deeplink_url: null });
  } finally {
    await visitor.stop();
  }
};

const config = readConfig(process.env);
try {
  const running = await readRunning(config.dataDir);
  if (running === null) throw new Error(`No demo runs on ${config.dataDir}: run npm start first.`);
  await visit(running, config.dataDir);
  say(
    `\nFive orders: four were paid, one has no receiver. ${VISITOR} made ${calls} signed calls; ${heardOf} callbacks were heard.`,
  );
} catch (error) {
  const unreachable = error instanceof TypeError && error.message === "fetch failed";
  console.error(
    unreachable ? "The server or one of its banks does not answer: run npm start first." : (error as Error).message,
  );
  process.exitCode = 1;
}
