/** `parley token`: prints a token of our own issuer. */
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { ROLES } from "../http/index.ts";
import { MAX_TOKEN_SECONDS } from "../keys/index.ts";
import { type Command, UsageError } from "./command.ts";
import { openOwnIssuer } from "./own-keys.ts";

const DEFAULT_TTL_MINUTES = 60;
/** There is no taking back but by a new key. */
const MAX_TTL_MINUTES = MAX_TOKEN_SECONDS / 60;

const readTtl = (given: string | undefined): number => {
  if (given === undefined) return DEFAULT_TTL_MINUTES;
  const minutes = /^\d{1,6}$/.test(given) ? Number(given) : 0;
  if (minutes >= 1 && minutes <= MAX_TTL_MINUTES) return minutes;
  throw new UsageError(`--ttl is "${given}"; allowed is a whole number of minutes from 1 to ${MAX_TTL_MINUTES}.`);
};

const readUser = (given: string | undefined): string => {
  if (given === undefined) throw new UsageError("--user is missing: whose token is it?");
  if (/^[!-~]{1,64}$/.test(given)) return given;
  throw new UsageError(`--user is "${given}"; allowed are 1 to 64 visible ASCII characters without blanks.`);
};

/** Prints a token signed by our own issuer, for a day at most: for trying things out, and for scripts. */
export const tokenCommand: Command = {
  name: "token",
  summary: "print a token signed by this installation's own key",
  usage: `parley token --user NAME [--role operator|rail_operator|platform]... [--name "Full Name"] [--ttl MINUTES]`,
  async run(args, { env, out }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        user: { type: "string" },
        role: { type: "string", multiple: true },
        name: { type: "string" },
        ttl: { type: "string" },
      },
    });
    const roles = values.role ?? [];
    const unknown = roles.find((role) => !ROLES.some((known) => known === role));
    if (unknown !== undefined) throw new UsageError(`--role is "${unknown}"; allowed is ${ROLES.join(" or ")}.`);
    const claims = { sub: readUser(values.user), roles, ttlSeconds: readTtl(values.ttl) * 60 };
    const issuer = await openOwnIssuer(readConfig(env).dataDir);
    out(await issuer.signToken(values.name === undefined ? claims : { ...claims, name: values.name }));
  },
};
