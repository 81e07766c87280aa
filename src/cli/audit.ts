/** `parley audit`: proves the books and the orders of both systems. */
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { readEmbeddedUrls } from "../database/index.ts";
import { audit } from "../exchange/index.ts";
import { auditRail } from "../rail/index.ts";
import { settingsOf } from "../settings.ts";
import { type Command, UsageError } from "./command.ts";

/** Proves both systems against the database that the server uses, each in one snapshot. Fails when anything is wrong. */
export const auditCommand: Command = {
  name: "audit",
  summary: "prove that the books balance, and that the orders of both systems agree with all that was done",
  usage: "parley audit",
  async run(args, { env, out }) {
    parseArgs({ args: [...args], options: {} });
    const config = readConfig(env);
    const { database } = config;
    const embedded = database.kind === "embedded" ? await readEmbeddedUrls(`${config.dataDir}/postgres`) : undefined;
    const url = database.kind === "external" ? database.url : embedded?.servingUrl;
    if (url === undefined)
      throw new UsageError(`There is no database in ${config.dataDir} yet: start the server first.`);
    const audits = [await audit(url, settingsOf(config)), await auditRail(url)];
    const checks = audits.reduce((sum, each) => sum + each.checks, 0);
    const findings = audits.flatMap((each) => each.findings);
    for (const { check, count, faults } of findings) {
      out(`BROKEN  ${check} (${count})`);
      for (const fault of faults) out(`        ${fault}`);
    }
    if (findings.length > 0) throw new Error(`${findings.length} of ${checks} checks found something`);
    out(`${checks} checks, all clean`);
  },
};
