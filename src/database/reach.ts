/** Whether a database can be reached as a role, and a sentence that says what to do where it cannot. */
import pg from "pg";
import { FailedError, SECOND } from "../kernel/index.ts";

/** A database that is up answers in milliseconds, also from another continent. */
const CONNECT_LIMIT_MS = 10 * SECOND;

type Place = { readonly role: string; readonly database: string; readonly at: string };

const placeOf = (client: pg.Client): Place => ({
  role: client.user ?? "",
  database: client.database ?? "",
  at: `${client.host}:${client.port}`,
});

/** By the driver's or the system's code, or by PostgreSQL's. */
const REASONS: Readonly<Record<string, (place: Place, said: string) => string>> = {
  "28P01": ({ role, at }) =>
    `PostgreSQL at ${at} refuses the password of the role "${role}"; give the role that one (alter role "${role}" ` +
    "password '…'), or correct it here",
  "28000": ({ role, at }, said) =>
    `PostgreSQL at ${at} does not let the role "${role}" in (${said}); create it (create role "${role}" login password ` +
    "'…'), or allow it in pg_hba.conf",
  "3D000": ({ database, at }) =>
    `there is no database "${database}" at ${at}; create it (create database "${database}" owner …), or correct its name`,
  "42501": ({ role, database }, said) =>
    `the role "${role}" may not use the database "${database}" (${said}); grant connect on database "${database}" to it`,
  "53300": ({ at }) => `PostgreSQL at ${at} has no connection left; raise its max_connections, or stop who holds them`,
  "57P03": ({ at }, said) => `PostgreSQL at ${at} is not ready (${said}); try again when it is`,
  ECONNREFUSED: ({ at }) => `nobody listens at ${at}; start PostgreSQL there, or correct host and port`,
  ENOTFOUND: ({ at }) => `no machine has the name in ${at}; correct the host`,
  EAI_AGAIN: ({ at }) => `the name in ${at} cannot be looked up now; look at this machine's DNS, or correct the host`,
};

const UNTRUSTED = /self.signed certificate|unable to (verify|get)|certificate/i;

const whyNot = (place: Place, error: unknown): string => {
  const code = String(Reflect.get(Object(error), "code"));
  const said = error instanceof Error ? error.message : String(error);
  const reason = REASONS[code];
  if (reason !== undefined) return reason(place, said);
  if (/timeout/i.test(said) || code === "ETIMEDOUT" || code === "EHOSTUNREACH" || code === "ENETUNREACH")
    return `${place.at} does not answer; correct host and port, or let this machine through the firewall`;
  if (/does not support SSL/.test(said))
    return `PostgreSQL at ${place.at} speaks no TLS; switch it on there, or take sslmode out of the URL`;
  if (UNTRUSTED.test(said))
    return `this machine does not trust the certificate of ${place.at} (${said}); name the authority's with NODE_EXTRA_CA_CERTS`;
  return `PostgreSQL at ${place.at} does not let the role "${place.role}" in: ${said}`;
};

/**
 * Connects, asks, and leaves.
 * @param name of the variable that the URL is from @throws FailedError
 */
export const reach = async <Answer>(
  name: string,
  connectionString: string,
  ask: (client: pg.Client) => Promise<Answer>,
): Promise<Answer> => {
  const client = new pg.Client({
    connectionString,
    application_name: "parley start",
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await ask(client);
  } catch (error) {
    throw error instanceof FailedError
      ? error
      : new FailedError(`${name}: ${whyNot(placeOf(client), error)}.`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
};
