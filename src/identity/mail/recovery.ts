/**
 * A forgotten password by mail. Asking writes one row, whoever it is for, and is answered; whether there is somebody by that
 * login, with an address, is looked up behind the answer, so that neither the answer nor its time tells.
 */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, MINUTE, type Refusal } from "../../kernel/index.ts";
import type { Refused } from "../errors.ts";
import { countAttempts } from "../passwords/index.ts";
import { dropReset, loginOf, makeReset } from "../people/index.ts";
import { linkMail, type MailLanguage } from "./texts.ts";
import type { Mailer } from "./transport.ts";

/** Longer than the mail server is waited for. */
const LEASE_MS = 2 * MINUTE;
/** A minute, two, three … Whoever still waits after that asks again. */
const MAX_ATTEMPTS = 5;
const BACKOFF_MS = MINUTE;
/** Of one round, so that a pile of them holds up no other chore. */
const AT_ONCE = 20;
/** Who is noted as having made the link. */
const ACTOR = "mail";

export type AskForLink = { readonly login: string; readonly language: MailLanguage; readonly address: string };

export const askForLink = async (acts: Pool, asked: AskForLink): Promise<null | Refusal<Refused>> => {
  const login = loginOf(asked.login);
  const counted = await countAttempts(acts, [
    { scope: "recovery by address", key: asked.address },
    { scope: "recovery by login", key: login },
  ]);
  if (isRefusal(counted)) return counted;
  await transact(acts, (client) =>
    client.query({
      name: "ask for a recovery mail",
      text: "insert into identity.recovery_mails (login, language) values ($1, $2)",
      values: [login, asked.language],
    }),
  );
  return null;
};

type Row = { readonly id: number; readonly login: string; readonly language: MailLanguage; readonly attempts: number };

/** Nobody else takes it meanwhile; whoever dies with it leaves it to the next. */
const take = async (acts: Pool): Promise<Row | null> => {
  const { rows } = await acts.query<Row>({
    name: "take a recovery mail",
    text: `update identity.recovery_mails set attempts = attempts + 1,
        due_at = now() + interval '${LEASE_MS} milliseconds'
      where id = (select id from identity.recovery_mails where due_at <= now()
        order by due_at limit 1 for update skip locked)
      returning id, login, language, attempts`,
  });
  return rows[0] ?? null;
};

const drop = (acts: Pool, id: number): Promise<unknown> =>
  acts.query({ name: "drop a recovery mail", text: "delete from identity.recovery_mails where id = $1", values: [id] });

const postpone = (acts: Pool, { id, attempts }: Row): Promise<unknown> =>
  acts.query({
    name: "postpone a recovery mail",
    text: "update identity.recovery_mails set due_at = now() + $2 * interval '1 millisecond' where id = $1",
    values: [id, attempts * BACKOFF_MS],
  });

/** A link for whoever has this login and signs in by an address. @returns its code; null: there is nobody, or it is too many */
const makeLink = async (client: PoolClient, login: string): Promise<string | null> => {
  if (!login.includes("@")) return null;
  const { rows } = await client.query<{ id: string }>({
    name: "person of a recovery mail",
    text: "select id from identity.people where login = $1 and not demo",
    values: [login],
  });
  const [person] = rows;
  return person === undefined ? null : makeReset(client, { personId: person.id, actor: ACTOR, endsFactors: false });
};

export type RecoveryMailDeps = {
  readonly acts: Pool;
  readonly mailer: Mailer;
  /** Of our own pages. */
  readonly origin: () => string;
  readonly onFailure: (error: unknown) => void;
};

/** Sends what is due, until the mail server does not take one. A mail may come twice where a node died with it; each link works. */
export const createRecoveryMails = (deps: RecoveryMailDeps) => async (): Promise<void> => {
  const { acts } = deps;
  for (let count = 0; count < AT_ONCE; count++) {
    const row = await take(acts);
    if (row === null) return;
    const code = await transact(acts, (client) => makeLink(client, row.login));
    if (code === null || (await isSent(deps, row, code))) await drop(acts, row.id);
    else {
      await dropReset(acts, code);
      await (row.attempts < MAX_ATTEMPTS ? postpone(acts, row) : drop(acts, row.id));
      // The others would only wait for the same mail server.
      return;
    }
  }
};

const isSent = async ({ mailer, origin, onFailure }: RecoveryMailDeps, row: Row, code: string): Promise<boolean> => {
  const site = origin();
  const mail = linkMail(row.language, { link: `${site}/recover?code=${code}`, site: new URL(site).host });
  try {
    await mailer.send({ to: row.login, ...mail });
    return true;
  } catch (error) {
    onFailure(error);
    return false;
  }
};
