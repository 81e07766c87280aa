/** `parley config check`: tries what a start would need, before it is needed. Changes nothing. */
import { parseArgs } from "node:util";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { misspellings } from "../config-names.ts";
import { FailedError } from "../kernel/index.ts";
import { type Command, UsageError } from "./command.ts";
import { type Finding, runCheck } from "./config-check/check.ts";
import { DEPENDENT, databaseChecks, findSite } from "./config-check/database-checks.ts";
import { otherChecks } from "./config-check/other-checks.ts";

const todo = (about: string, says: string): Finding => ({ about, state: "to do", says });

const checkDatabase = async (config: Config): Promise<readonly Finding[]> => {
  const unknown = (why: string): Finding => ({ about: DEPENDENT, state: "unknown", says: `not looked at: ${why}` });
  const site = await findSite(config);
  if (site === null)
    return [
      { about: "database", state: "ok", says: "the embedded one, which the start makes and brings up" },
      unknown("it does not run"),
    ];
  const [first, others] = databaseChecks(site);
  const found = await runCheck(first);
  if (found.state !== "ok") return [found, unknown("the database has to answer first")];
  return [found, ...(await Promise.all(others.map(runCheck)))];
};

const check = async (config: Config): Promise<readonly Finding[]> => {
  const others = await otherChecks(config);
  const found = await Promise.all([checkDatabase(config), ...others.map(async (each) => [await runCheck(each)])]);
  return found.flat();
};

/** As far as the configuration can be read. */
const findingsOf = async (env: Parameters<typeof readConfig>[0]): Promise<readonly Finding[]> => {
  const misspelt = misspellings(env).map((line) => todo("variables", line));
  try {
    const config = readConfig(env);
    return [{ about: "variables", state: "ok", says: "understood" }, ...misspelt, ...(await check(config))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...error.faults.map((fault) => todo("variables", fault)), ...misspelt];
  }
};

const WORDS: Readonly<Record<Finding["state"], string>> = { ok: "ok   ", "to do": "TO DO", unknown: "-    " };

const configCheck: Command = {
  name: "check",
  summary: "try what a start would need",
  usage:
    "parley config check\n\n" +
    "Tries database, roles, rights, keys, clock, ports, and the host platform's keys and the mail server where they are set.\n" +
    "A line for each: ok, or what to do. It changes nothing, also beside a server that runs.",
  async run(args, { env, out }) {
    parseArgs({ args: [...args], options: {} });
    const findings = await findingsOf(env);
    for (const { about, state, says } of findings) out(`${WORDS[state]}  ${about}: ${says}`);
    const open = findings.filter(({ state }) => state === "to do").length;
    if (open > 0) throw new FailedError(`${open} of ${findings.length} to do`);
  },
};

export const configCommand: Command = {
  name: "config",
  summary: "try whether a start would succeed",
  usage: "parley config check",
  commands: [configCheck],
  async run([word]) {
    throw new UsageError(
      word === undefined ? "Say what: check." : `There is no "parley config ${word}"; there is check.`,
    );
  },
};
