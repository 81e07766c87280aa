/**
 * `parley invite`, `parley identity role`, `parley identity reset`: what the operator of an installation does for people
 * with accounts here. Written into the database with a line in the audit trail, as the console's acts are.
 */
import { parseArgs } from "node:util";
import type { PoolClient } from "pg";
import { type Config, readConfig } from "../config.ts";
import { createWritePool, transact } from "../database/index.ts";
import { ROLES, type Role } from "../http/index.ts";
import { changeRole, findPerson, makeInvite, makeReset } from "../identity/index.ts";
import { FailedError, isRefusal } from "../kernel/index.ts";
import { addressOf } from "./ask-server.ts";
import { type Command, UsageError } from "./command.ts";
import { ownDatabaseUrl } from "./own-database.ts";
import { usageOf } from "./rail-usage.ts";

/** Who is noted as having done it. */
const ACTOR = "cli";

const act = async <Result>(config: Config, work: (client: PoolClient) => Promise<Result>): Promise<Result> => {
  const pool = createWritePool({
    connectionString: await ownDatabaseUrl(config),
    applicationName: "parley cli",
    connections: 1,
  });
  try {
    return await transact(pool, work);
  } finally {
    await pool.end();
  }
};

export const inviteCommand: Command = {
  name: "invite",
  summary: "make a link that one person signs up with, for a week",
  usage: usageOf("parley invite [--url URL]", [
    ["--url URL", "where people open the app; default PUBLIC_URL, or HOST and PORT"],
  ]),
  async run(args, { env, out }) {
    const { values } = parseArgs({ args: [...args], options: { url: { type: "string" } } });
    const config = readConfig(env);
    const address = addressOf(config, values.url);
    out(`${address}/sign-up?invite=${await act(config, (client) => makeInvite(client, ACTOR))}`);
  },
};

/** By id or by login. */
const personOf = async (client: PoolClient, user: string | undefined): Promise<string> => {
  if (user === undefined || user === "") throw new UsageError("--user is missing.");
  const id = await findPerson(client, user);
  if (id === null) throw new FailedError(`Nobody with an account here has the id or the login "${user}".`);
  return id;
};

const readRole = (given: string): Role => {
  const role = ROLES.find((one) => one === given);
  if (role === undefined) throw new UsageError(`The role is "${given}"; allowed is ${ROLES.join(", ")}.`);
  return role;
};

const roleCommand: Command = {
  name: "role",
  summary: "give somebody a role, or take it",
  usage: usageOf(`parley identity role --user ID (--add|--remove) ${ROLES.join("|")}`, [
    ["--user ID", "whose role it is: the id or the login"],
    ["--add ROLE", "gives it"],
    ["--remove ROLE", "takes it"],
  ]),
  async run(args, { env, out }) {
    const options = { user: { type: "string" }, add: { type: "string" }, remove: { type: "string" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const given = values.add ?? values.remove;
    if (given === undefined || (values.add !== undefined && values.remove !== undefined))
      throw new UsageError("Say either --add or --remove, and a role.");
    const role = readRole(given);
    const changed = await act(readConfig(env), async (client) => {
      const personId = await personOf(client, values.user);
      const direction = values.add === undefined ? "remove" : "add";
      return changeRole(client, { personId, role, act: direction, actor: ACTOR, by: "operator" });
    });
    if (isRefusal(changed)) throw new FailedError(`Not changed: ${changed.refusal}.`);
    out(JSON.stringify(changed, null, 2));
  },
};

const resetCommand: Command = {
  name: "reset",
  summary: "make a link that gives somebody a new password, once, for an hour; it ends the second factor",
  usage: usageOf("parley identity reset --user ID [--url URL]", [
    ["--user ID", "who has forgotten it: the id or the login"],
    ["--url URL", "where people open the app; default PUBLIC_URL, or HOST and PORT"],
  ]),
  async run(args, { env, out }) {
    const options = { user: { type: "string" }, url: { type: "string" } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const config = readConfig(env);
    const address = addressOf(config, values.url);
    const code = await act(config, async (client) =>
      makeReset(client, { personId: await personOf(client, values.user), actor: ACTOR, endsFactors: true }),
    );
    if (code === null)
      throw new FailedError("Not made: this person has three such links already. They end within an hour.");
    out(`${address}/recover?code=${code}`);
  },
};

export const identityCommand: Command = {
  name: "identity",
  summary: "roles and forgotten passwords of people with accounts here",
  usage: "parley identity role|reset …",
  commands: [roleCommand, resetCommand],
  async run() {
    throw new UsageError("Say what: role or reset; see parley identity role --help.");
  },
};
