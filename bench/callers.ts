/**
 * What it costs to know who calls: ten thousand people by cookie, by personal token and by an issuer's token, side by side
 * with strangers, on a route that does nothing else.
 */
import { createHash, randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import pg from "pg";
import { tokenOf } from "./market/people.ts";
import { openSite, SERVER, type Served, type Site } from "./market/site.ts";
import { fine, median, table, whole } from "./trade/figures.ts";

/** The same for everybody, from memory. */
const PATH = "/api/v1/p2p/payment-methods";
const CONNECTIONS = 32;
/** Requests until the code is as fast as it gets. */
const WARM_UP = 50_000;

type Headers = Readonly<Record<string, string>>;
type Way = { readonly name: string; readonly callers: readonly Headers[] };

const secret = (): string => randomBytes(32).toString("base64url");
const hashOf = (text: string): Buffer => createHash("sha256").update(text).digest();

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** Each way in has people of its own, so that each meets its callers for the first time. */
const makePeople = async (site: Site, count: number): Promise<readonly Way[]> => {
  const idsOf = (kind: string) => Array.from({ length: count }, (_, n) => `u_${kind}${String(n).padStart(10, "0")}`);
  const [issued, signedIn, programs] = ["is", "si", "to"].map(idsOf) as [string[], string[], string[]];
  const cookies = signedIn.map(secret);
  const tokens = programs.map(() => `pat_${secret()}`);
  const client = new pg.Client({ connectionString: site.superuserUrl });
  await client.connect();
  try {
    await client.query(
      "insert into identity.people (id, login, name) select id, id, 'Somebody' from unnest($1::text[]) id",
      [[...signedIn, ...programs]],
    );
    await client.query(
      `insert into identity.sessions (id, person_id, secret_hash, expires_at, agent, address)
        select 's_' || id, id, hash, now() + interval '1 day', '', '' from unnest($1::text[], $2::bytea[]) u(id, hash)`,
      [signedIn, cookies.map(hashOf)],
    );
    await client.query(
      `insert into identity.tokens (id, person_id, name, scope, release, secret_hash, expires_at)
        select 't_' || id, id, 'bench', 'read', false, hash, now() + interval '1 day'
        from unnest($1::text[], $2::bytea[]) u(id, hash)`,
      [programs, tokens.map(hashOf)],
    );
    await client.query("vacuum analyze");
  } finally {
    await client.end();
  }
  return [
    { name: "nobody", callers: [{}] },
    { name: "issuer's token", callers: (await Promise.all(issued.map((id) => tokenOf(site, id)))).map(bearer) },
    { name: "session", callers: cookies.map((cookie) => ({ cookie: `parley=${cookie}` })) },
    { name: "personal token", callers: tokens.map(bearer) },
  ];
};

type Figure = { readonly rate: number; readonly cpuUs: number };

/** @param amount of requests; each caller's turn comes again and again */
const shoot = async (server: Served, { callers }: Way, amount: number): Promise<Figure> => {
  let connection = 0;
  const before = await server.cpuSeconds();
  const { requests, duration, non2xx, errors } = await autocannon({
    url: server.address,
    connections: CONNECTIONS,
    amount,
    setupClient(client) {
      const first = connection++;
      const own = callers.filter((_, n) => n % CONNECTIONS === first % CONNECTIONS);
      client.setRequests(
        (own.length === 0 ? callers : own).map((headers) => ({ method: "GET" as const, path: PATH, headers })),
      );
    },
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} answers were not 2xx, ${errors} failed`);
  const used = (await server.cpuSeconds()) - before;
  return { rate: requests.total / duration, cpuUs: (used * 1_000_000) / requests.total };
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      people: { type: "string", default: "10000" },
      rounds: { type: "string", default: "5" },
      requests: { type: "string", default: "50000" },
    },
  });
  const [people, rounds, amount] = [values.people, values.rounds, values.requests].map(Number) as [
    number,
    number,
    number,
  ];
  const site = await openSite();
  try {
    const ways = await makePeople(site, people);
    const before = await site.serve(SERVER);
    // Their traders' rows are made by a call of their own, which is no part of knowing them.
    for (const way of ways) await shoot(before, way, people);
    await before.stop();
    const server = await site.serve(SERVER);
    await shoot(server, ways[0] as Way, WARM_UP);
    const first = new Map<string, { readonly node: number; readonly database: number }>();
    for (const way of ways) {
      const began = await site.postgresMs();
      const { cpuUs } = await shoot(server, way, people);
      first.set(way.name, { node: cpuUs, database: (((await site.postgresMs()) - began) * 1_000) / people });
    }
    const figures = new Map<string, Figure[]>(ways.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const way of ways) figures.get(way.name)?.push(await shoot(server, way, amount));
    const rows = ways.map(({ name }) => {
      const of = figures.get(name) ?? [];
      const { node, database } = first.get(name) ?? { node: Number.NaN, database: Number.NaN };
      const [rate, again] = [of.map((figure) => figure.rate), of.map(({ cpuUs }) => cpuUs)].map(median) as [
        number,
        number,
      ];
      return [name, whole(rate), fine(again), fine(node), fine(database)];
    });
    console.log(`\n${whole(people)} callers of each kind, ${CONNECTIONS} clients, medians of ${rounds} rounds\n`);
    console.log(
      table([
        ["who calls", "requests/s", "node, µs each", "node, µs the first time", "PostgreSQL, µs the first time"],
        ...rows,
      ]),
    );
    await server.stop();
  } finally {
    await site.close();
  }
};
