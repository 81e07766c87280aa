/** `parley keys`: what keys this installation has, a new one for its issuer, and all of them in a file for the safe. */
import { readFile, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { FailedError, instant, toRfc3339 } from "../kernel/index.ts";
import {
  exportKeys,
  importKeys,
  KEY_KINDS,
  type KeyState,
  listIssuerKeys,
  MAX_TOKEN_SECONDS,
  MIN_PASSPHRASE_LENGTH,
  readFingerprints,
  rotateIssuer,
} from "../keys/index.ts";
import { type Command, UsageError } from "./command.ts";
import { synopsisOf, usageOf } from "./rail-usage.ts";
import { writeSecret } from "./secret-files.ts";

const at = (milliseconds: number): string => toRfc3339(instant(milliseconds));

const ISSUER_STATES: Readonly<Record<KeyState["state"], (from: number) => string>> = {
  waits: (from) => `is published, and signs from ${at(from)}`,
  signs: (from) => (from === 0 ? "signs" : `signs since ${at(from)}`),
  taken: () => "signs no more; its tokens are taken until they have run out",
  retired: () => "proves what it signed, and nothing else",
};

const keysList: Command = {
  name: "list",
  summary: "the keys of this installation by their fingerprints, and what each is good for",
  usage: "parley keys list",
  async run(args, { env, out }) {
    parseArgs({ args: [...args], options: {} });
    const { dataDir } = readConfig(env);
    const found = await readFingerprints(dataDir);
    if (KEY_KINDS.every((kind) => found[kind].present.length === 0))
      throw new FailedError(`${dataDir}/keys holds no keys: the first start makes them.`);
    for (const { kid, from, state } of await listIssuerKeys(dataDir))
      out(`issuer      ${kid}  ${ISSUER_STATES[state](from)}`);
    for (const fingerprint of found.issuer.withdrawn) out(`issuer      ${fingerprint}  withdrawn: worth nothing`);
    for (const fingerprint of found.sealing.present)
      out(`sealing     ${fingerprint}  opens payment details and phones`);
    for (const fingerprint of found["keyed hash"].present)
      out(`keyed hash  ${fingerprint}  finds phones; cannot be changed`);
  },
};

const keysRotate: Command = {
  name: "rotate",
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
    const [what, ...more] = positionals;
    if (what !== "issuer" || more.length > 0) throw new UsageError("Say what to rotate: issuer.");
    const atOnce = values["at-once"];
    const rotated = await rotateIssuer(readConfig(env).dataDir, { atOnce });
    if (rotated === null)
      throw new FailedError("A new key is there already and does not sign yet; --at-once does not wait for it.");
    if (atOnce) {
      out(`The key ${rotated.kid} signs from now on; the servers on this machine know it within a minute.`);
      out("Tokens of the key before it are worth nothing. Copy DATA_DIR/keys to every other node.");
      return;
    }
    out(
      `The key ${rotated.kid} signs from ${at(rotated.signsFrom)}. The one before it is taken ${MAX_TOKEN_SECONDS / 3_600} hours longer.`,
    );
    out("Nodes that do not share DATA_DIR/keys need a copy of it by then.");
  },
};

/** Ours are a few kilobytes. */
const MAX_FILE_BYTES = 1_024 * 1_024;

const readText = async (file: string): Promise<string> => {
  const text = await stat(file)
    .then(({ size }) => (size <= MAX_FILE_BYTES ? readFile(file, "utf8") : null))
    .catch((error: NodeJS.ErrnoException) => {
      throw new FailedError(`${file} cannot be read (${error.code}).`);
    });
  if (text === null) throw new FailedError(`${file} is far too long.`);
  return text;
};

/** The file, and the passphrase from a file of its own: what stands on a command line is read by everybody on the machine. */
const readBundleArgs = async (args: readonly string[]) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { "passphrase-file": { type: "string" } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  const passphraseFile = values["passphrase-file"];
  if (file === undefined || more.length > 0) throw new UsageError("Say which file.");
  if (passphraseFile === undefined) throw new UsageError("--passphrase-file is missing.");
  const passphrase = (await readText(passphraseFile)).trim();
  if (passphrase.length < MIN_PASSPHRASE_LENGTH)
    throw new FailedError(`The passphrase has fewer than ${MIN_PASSPHRASE_LENGTH} characters: take a longer one.`);
  return { file, passphrase };
};

const PASSPHRASE_HELP = ["--passphrase-file FILE", "holds the passphrase, and nothing else"] as const;

const keysExport: Command = {
  name: "export",
  summary: "write all keys into one file that opens with a passphrase",
  usage: usageOf("parley keys export FILE --passphrase-file FILE", [PASSPHRASE_HELP]),
  async run(args, { env, out }) {
    const { file, passphrase } = await readBundleArgs(args);
    await writeSecret(file, await exportKeys(readConfig(env).dataDir, passphrase));
    out(`${file} holds all keys. Keep it, and the passphrase elsewhere, apart from the backups of the database.`);
  },
};

const keysImport: Command = {
  name: "import",
  summary: "put the keys of such a file into DATA_DIR, where there are no others",
  usage: usageOf("parley keys import FILE --passphrase-file FILE", [PASSPHRASE_HELP]),
  async run(args, { env, out }) {
    const { file, passphrase } = await readBundleArgs(args);
    const { dataDir } = readConfig(env);
    const found = await importKeys(dataDir, await readText(file), passphrase);
    for (const kind of KEY_KINDS) out(`${kind} ${found[kind].present.at(-1)} (of ${found[kind].present.length})`);
    out(`They are in ${dataDir}/keys; the next start holds them against the database.`);
  },
};

const COMMANDS: readonly Command[] = [keysList, keysRotate, keysExport, keysImport];

export const keysCommand: Command = {
  name: "keys",
  summary: "list this installation's keys, give its issuer a new one, keep them all in a file for the safe",
  usage: COMMANDS.map(synopsisOf).join("\n\t\t"),
  commands: COMMANDS,
  async run([word]) {
    const names = COMMANDS.map(({ name }) => name).join(", ");
    throw new UsageError(
      word === undefined ? `Say what: ${names}.` : `There is no "parley keys ${word}"; there are ${names}.`,
    );
  },
};
