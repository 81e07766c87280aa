/** `parley keys`: a new key for our own issuer, with the old one taken until its tokens have run out. */
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { FailedError, instant, toRfc3339 } from "../kernel/index.ts";
import { MAX_TOKEN_SECONDS, rotateIssuer } from "../keys/index.ts";
import { type Command, UsageError } from "./command.ts";
import { usageOf } from "./rail-usage.ts";

export const keysCommand: Command = {
  name: "keys",
  summary: "give this installation's issuer a new key",
  usage: usageOf("parley keys rotate issuer [--at-once]", [
    ["--at-once", "somebody else may have the present key: all that it signed is worth nothing from now on"],
  ]),
  async run(args, { env, out }) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { "at-once": { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const [verb, what, ...more] = positionals;
    if (verb !== "rotate" || what !== "issuer" || more.length > 0) throw new UsageError("Say what to rotate.");
    const atOnce = values["at-once"];
    const rotated = await rotateIssuer(readConfig(env).dataDir, { atOnce });
    if (rotated === null)
      throw new FailedError("A new key is there already and does not sign yet; --at-once does not wait for it.");
    const from = toRfc3339(instant(rotated.signsFrom));
    if (atOnce) {
      out(`The key ${rotated.kid} signs from now on; the servers on this machine know it within a minute.`);
      out("Tokens of the key before it are worth nothing. Copy DATA_DIR/keys to every other node.");
      return;
    }
    out(
      `The key ${rotated.kid} signs from ${from}. The one before it is taken ${MAX_TOKEN_SECONDS / 3_600} hours longer.`,
    );
    out("Nodes that do not share DATA_DIR/keys need a copy of it by then.");
  },
};
