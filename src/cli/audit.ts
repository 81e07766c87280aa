/** `parley audit`: proves the books and the orders of both systems. */
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { audit } from "../exchange/index.ts";
import { instant, toRfc3339 } from "../kernel/index.ts";
import { auditRail } from "../rail/index.ts";
import { settingsOf } from "../settings.ts";
import { auditSettlement } from "../settlement/index.ts";
import type { Command } from "./command.ts";
import { ownDatabaseUrl } from "./own-database.ts";

/** Proves both systems against the database that the server uses, while it serves. Fails when anything is wrong. */
export const auditCommand: Command = {
  name: "audit",
  summary:
    "prove that the books balance, and that the orders of both systems agree with all that was done, and with each other",
  usage:
    "parley audit [--whole]\n\n" +
    "Proves what came since the last audit that found nothing; --whole proves everything from the beginning.",
  async run(args, { env, out }) {
    const { values } = parseArgs({ args: [...args], options: { whole: { type: "boolean", default: false } } });
    const config = readConfig(env);
    const connectionString = await ownDatabaseUrl(config);
    const onFault = (check: string, fault: string) => out(`BROKEN  ${check}: ${fault}`);
    const options = { connectionString, whole: values.whole, onFault };
    const audits = [await audit(options, settingsOf(config)), await auditRail(options), await auditSettlement(options)];
    const checks = audits.reduce((sum, each) => sum + each.checks, 0);
    const findings = audits.flatMap((each) => each.findings);
    for (const { check, count } of findings) out(`${count} × ${check}`);
    if (findings.length > 0) throw new Error(`${findings.length} of ${checks} checks found something`);
    out(`${checks} checks, all clean`);
    const since = audits.flatMap((each) => (each.since === null ? [] : [each.since]));
    if (since.length > 0)
      out(`of what came since ${toRfc3339(instant(Math.min(...since)))}; --whole proves everything`);
  },
};
