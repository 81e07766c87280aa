/** `parley rail keygen`: generates a key pair for a bank. */
import { parseArgs } from "node:util";
import { ALGORITHMS, type Algorithm, generateKey, readPublicKey } from "../jws/index.ts";
import { type Command, UsageError } from "./command.ts";
import { usageOf } from "./rail-usage.ts";
import { writeSecret } from "./secret-files.ts";

const readAlgorithm = (given: string): Algorithm => {
  const alg = ALGORITHMS.find((known) => known === given);
  if (alg === undefined) throw new UsageError(`--alg is "${given}"; allowed is ${ALGORITHMS.join(", ")}.`);
  return alg;
};

/** Makes a bank's pair: the private half stays in a file, the public one is printed, to be registered. */
export const railKeygen: Command = {
  name: "keygen",
  summary: "make a key pair: the private JWK into a file, the public one to the terminal",
  usage: usageOf(`parley rail keygen --out FILE [--alg ${ALGORITHMS.join("|")}] [--kid KID]`, [
    ["--out FILE", "where the private key goes; a file that is there is never written over"],
    ["--alg ALG", "default ES256; RS256 is for banks of the profile compat alone"],
    ["--kid KID", "the key's name, which nobody else has; default a random UUID"],
  ]),
  async run(args, { out }) {
    const { values } = parseArgs({
      args: [...args],
      options: { out: { type: "string" }, alg: { type: "string", default: "ES256" }, kid: { type: "string" } },
    });
    if (values.out === undefined) throw new UsageError("--out is missing: where shall the private key be?");
    const { privateJwk, publicJwk } = await generateKey(readAlgorithm(values.alg), values.kid);
    const checked = readPublicKey(publicJwk);
    if ("fault" in checked) throw new UsageError(checked.fault);
    await writeSecret(values.out, `${JSON.stringify(privateJwk)}\n`);
    out(JSON.stringify(publicJwk));
  },
};
