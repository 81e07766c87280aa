/** `parley dossier verify`: checks an order's dossier offline. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from "jose";
import { DOSSIER_TYPE, type Dossier, faultOf, isDossier, isSealOf, type Seal } from "../exchange/index.ts";
import { type Command, UsageError } from "./command.ts";

/** Checks an order's dossier without the server: the chain of its entries, and the signature over the last one. */
export const dossierCommand: Command = {
  name: "dossier",
  summary: "verify an order's dossier, without the server",
  usage: "parley dossier verify FILE [--key THUMBPRINT]",
  async run(args, { out }) {
    const { positionals, values } = parseArgs({
      args: joinKey(args),
      options: { key: { type: "string" } },
      allowPositionals: true,
    });
    const [verb, file] = positionals;
    if (verb !== "verify" || file === undefined) throw new UsageError("Say what to verify.");
    const dossier = await readDossier(file);
    const thumbprint = await verify(dossier, values.key);
    out(`order ${dossier.order_id}: ${dossier.entries.length} entries, whole and signed at ${dossier.made_at}`);
    out(`by the key ${thumbprint}; compare it with the one that the platform publishes`);
  },
};

/** A thumbprint may begin with a hyphen, and would then be taken for another option. */
const joinKey = (args: readonly string[]): string[] => {
  const index = args.indexOf("--key");
  const value = args[index + 1];
  return index < 0 || value === undefined ? [...args] : args.toSpliced(index, 2, `--key=${value}`);
};

const readDossier = async (file: string): Promise<Dossier> => {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  try {
    const found: unknown = JSON.parse(text);
    if (isDossier(found)) return found;
  } catch {
    // Not even JSON.
  }
  throw new UsageError(`${file} is not a dossier, or holds more than one does.`);
};

/** @returns the thumbprint of the key that signed. Throws with what is wrong. */
const verify = async (dossier: Dossier, expected: string | undefined): Promise<string> => {
  const fault = faultOf(dossier.entries);
  if (fault !== null) throw new UsageError(`NOT VALID: ${fault}.`);
  const jwk: JWK = { ...dossier.key };
  const thumbprint = await calculateJwkThumbprint(jwk);
  if (expected !== undefined && expected !== thumbprint) {
    throw new UsageError(`NOT VALID: it carries the key ${thumbprint}, not the one that was named.`);
  }
  const seal = await readSeal(dossier.signature, jwk);
  if (!isSealOf(seal, dossier)) throw new UsageError("NOT VALID: the signature is of another dossier.");
  return thumbprint;
};

const readSeal = async (signature: string, jwk: JWK): Promise<Seal> => {
  try {
    const key = await importJWK(jwk, "ES256");
    const { payload, protectedHeader } = await compactVerify(signature, key, { algorithms: ["ES256"] });
    if (protectedHeader.typ !== DOSSIER_TYPE) throw new Error();
    return JSON.parse(new TextDecoder().decode(payload)) as Seal;
  } catch {
    throw new UsageError("NOT VALID: the signature does not fit the key.");
  }
};
