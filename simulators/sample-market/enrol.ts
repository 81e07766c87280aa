/**
 * Makes a demo bank a participant of the rail's sandbox, over the operators' API: as often as wanted, with one result. Its
 * key is the only thing that is kept here; all else is asked of the rail.
 */
import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKey, type PrivateKey, publicJwkOf, readPrivateKey } from "../../src/jws/index.ts";
import { type DemoBank, participantOf } from "./bank-list.ts";

export type OperatorApi = {
  /** Of the listener that has the operators' API. */
  readonly url: string;
  /** An operator's. */
  readonly token: string;
};

export type Enrolled = { readonly guid: string; readonly keyFile: string; readonly key: PrivateKey };

const PARTICIPANTS = "/api/v1/operator/participants";
const PAGE = 100;

type Json = Readonly<Record<string, unknown>>;
type Listed = { readonly guid: string; readonly mode: string; readonly bank_codes: readonly string[] };

export const enrol = async (operating: OperatorApi, dataDir: string, bank: DemoBank): Promise<Enrolled> => {
  const { keyFile, key, publicJwk } = await openKey(dataDir, bank);
  const created = await ask(operating, "POST", PARTICIPANTS, participantOf(bank));
  const guid = created.status === 409 ? await findByCode(operating, bank.code) : String(created.body.guid);
  const added = await ask(operating, "POST", `${PARTICIPANTS}/${guid}/keys`, publicJwk);
  // From an earlier start.
  if (added.status === 409 && added.body.code !== "KID_IN_USE") throw faultOf(added);
  return { guid, keyFile, key };
};

/** Where the rail reaches it, and where its clients are sent; null: nowhere for now. */
export type ParticipantUrls = { readonly callback_url: string | null; readonly deeplink_url: string | null };

export const setUrls = async (operating: OperatorApi, guid: string, whereabouts: ParticipantUrls): Promise<void> => {
  await ask(operating, "PATCH", `${PARTICIPANTS}/${guid}`, whereabouts);
};

const ask = async ({ url, token }: OperatorApi, method: string, path: string, body?: Json) => {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = { status: response.status, body: (await response.json()) as Json };
  // 409: it is there already.
  if (!response.ok && response.status !== 409) throw faultOf(answer);
  return answer;
};

const faultOf = ({ status, body }: { readonly status: number; readonly body: Json }): Error =>
  new Error(`the rail refused a demo bank with ${status} ${body.code}: ${body.message}`);

const findByCode = async (operating: OperatorApi, code: string): Promise<string> => {
  for (let offset = 0; ; offset += PAGE) {
    const { body } = await ask(operating, "GET", `${PARTICIPANTS}?mode=sandbox&limit=${PAGE}&offset=${offset}`);
    const found = (body.items as readonly Listed[]).find(({ bank_codes }) => bank_codes.includes(code));
    if (found !== undefined) return found.guid;
    if (body.has_more !== true) throw new Error(`the bank code ${code} is taken, and nobody has it`);
  }
};

/** The bank's private key, made the first time; for us alone to read. */
const openKey = async (dataDir: string, { name, alg }: DemoBank) => {
  const directory = join(dataDir, "banks");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keyFile = join(directory, `${name}.json`);
  const present = await readFile(keyFile, "utf8").catch(() => null);
  if (present === null) await createWhole(keyFile, JSON.stringify((await generateKey(alg)).privateJwk));
  else await chmod(keyFile, 0o600);
  const key = readPrivateKey(JSON.parse(await readFile(keyFile, "utf8")));
  if ("fault" in key) throw new Error(`${keyFile} holds no key to sign with: ${key.fault}`);
  return { keyFile, key, publicJwk: publicJwkOf(key) };
};

/** Never half a file; of two that come at once the first one's stays. */
const createWhole = async (path: string, content: string): Promise<void> => {
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeFile(draft, `${content}\n`, { flag: "wx", mode: 0o600 });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await unlink(draft);
};
