/** `parley rail participant`: registers banks and their keys as an operator of the rail. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { publicJwkOf } from "../jws/index.ts";
import { type Ask, createAsk, type Json } from "./ask-server.ts";
import { type Command, type Terminal, UsageError } from "./command.ts";
import { readPublicHalf } from "./rail-files.ts";
import { type OptionHelp, usageOf } from "./rail-usage.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

const COMMON = { url: { type: "string" }, user: { type: "string", default: "cli" } } as const;
const TERMS = {
  name: { type: "string" },
  code: { type: "string", multiple: true },
  profile: { type: "string" },
  "callback-url": { type: "string" },
  "deeplink-url": { type: "string" },
  "receiver-search": { type: "string" },
} as const;
const COMMON_USAGE = "[--url URL] [--user NAME]";
const COMMON_HELP: readonly OptionHelp[] = [
  ["--url URL", "where the exchange's listener is; default PUBLIC_URL, or HOST and PORT"],
  ["--user NAME", "who is noted as the operator; default cli"],
];
const TERMS_USAGE =
  "[--profile strong|compat] [--callback-url URL|none] [--deeplink-url URL|none] [--receiver-search on|off]";

const TERMS_HELP: readonly OptionHelp[] = [
  ["--profile strong|compat", "how the bank signs; a new bank's default is strong"],
  ["--callback-url URL|none", "what banks are told goes below it; a new bank's default is none"],
  ["--deeplink-url URL|none", "what opens the bank's app, for the page of a link; a new bank's default is none"],
  ["--receiver-search on|off", "whether the bank is asked for receivers; a new bank's default is on"],
];

/** The server says what is wrong with a value; here only the words become JSON. */
const termsOf = (values: { readonly [option in keyof typeof TERMS]?: string | string[] | undefined }): Json => {
  const { name, code, profile } = values;
  const [callbackUrl, deeplinkUrl] = [values["callback-url"], values["deeplink-url"]];
  const search = values["receiver-search"];
  if (search !== undefined && search !== "on" && search !== "off")
    throw new UsageError(`--receiver-search is "${search}"; allowed is on or off.`);
  return {
    ...(name === undefined ? {} : { name }),
    ...(code === undefined ? {} : { bank_codes: code }),
    ...(profile === undefined ? {} : { profile }),
    ...(callbackUrl === undefined ? {} : { callback_url: callbackUrl === "none" ? null : callbackUrl }),
    ...(deeplinkUrl === undefined ? {} : { deeplink_url: deeplinkUrl === "none" ? null : deeplinkUrl }),
    ...(search === undefined ? {} : { receiver_search: search === "on" }),
  };
};

const PATH = "/api/v1/operator/participants";

const askWith = ({ env }: Terminal, { url, user }: { url?: string | undefined; user: string }): Ask =>
  createAsk(readConfig(env), { url, user, role: "rail_operator", path: PATH });

const show = ({ out }: Terminal, document: Json): void => out(JSON.stringify(document, null, 2));

/** Exactly so many words beside the options. */
const words = (positionals: readonly string[], names: readonly string[]): readonly string[] => {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing.`);
  const extra = positionals[names.length];
  if (extra !== undefined) throw new UsageError(`There is a word too much: "${extra}".`);
  return positionals.map((word) => encodeURIComponent(word));
};

const parse = <const Given extends Options>(args: readonly string[], options: Given) =>
  parseArgs({ args: [...args], options: { ...COMMON, ...options }, allowPositionals: true });

const PAGE = 100;

const list: Command = {
  name: "list",
  summary: "the banks that take part",
  usage: usageOf(`parley rail participant list [--mode sandbox|production] ${COMMON_USAGE}`, [
    ["--mode MODE", "sandbox or production; default both"],
    ...COMMON_HELP,
  ]),
  async run(args, terminal) {
    const { values, positionals } = parse(args, { mode: { type: "string" } });
    words(positionals, []);
    const ask = askWith(terminal, values);
    const mode = values.mode === undefined ? "" : `&mode=${encodeURIComponent(values.mode)}`;
    for (let offset = 0; ; offset += PAGE) {
      const { items, has_more } = await ask("GET", `?limit=${PAGE}&offset=${offset}${mode}`);
      for (const one of items as readonly Json[]) terminal.out(lineOf(one));
      if (has_more !== true) return;
    }
  },
};

const lineOf = ({ guid, mode, state, profile, bank_codes, keys, name }: Json): string => {
  const active = (keys as readonly Json[]).filter(({ revoked_at }) => revoked_at === null).length;
  const codes = (bank_codes as readonly string[]).join(",");
  return [guid, mode, state, profile, codes, `${active} ${active === 1 ? "key" : "keys"}`, name].join("\t");
};

const add: Command = {
  name: "add",
  summary: "let a bank take part",
  usage: usageOf(
    "parley rail participant add --name NAME --code DIGITS... [--mode sandbox|production] [--key FILE] " +
      `${TERMS_USAGE} ${COMMON_USAGE}`,
    [
      ["--name NAME", "as people read it"],
      ["--code DIGITS", "six digits inside its accounts; once for each"],
      ["--mode MODE", "sandbox or production; default sandbox"],
      ["--key FILE", "a JWK to install at once; of a private one its public half"],
      ...TERMS_HELP,
      ...COMMON_HELP,
    ],
  ),
  async run(args, terminal) {
    const { values, positionals } = parse(args, {
      ...TERMS,
      mode: { type: "string", default: "sandbox" },
      key: { type: "string" },
    });
    words(positionals, []);
    if (values.name === undefined) throw new UsageError("--name is missing: whose bank is it?");
    if (values.code === undefined) throw new UsageError("--code is missing: the six digits inside its accounts.");
    // Before anything is made: a participant without its key is half of what was asked for.
    const jwk = values.key === undefined ? null : publicJwkOf(await readPublicHalf(values.key));
    const ask = askWith(terminal, values);
    const made = await ask("POST", "", { ...termsOf(values), mode: values.mode });
    if (jwk !== null) await ask("POST", `/${made.guid}/keys`, jwk);
    show(terminal, await ask("GET", `/${made.guid}`));
  },
};

const showOne: Command = {
  name: "show",
  summary: "a bank that takes part, with its keys",
  usage: usageOf(`parley rail participant show GUID ${COMMON_USAGE}`, COMMON_HELP),
  async run(args, terminal) {
    const { values, positionals } = parse(args, {});
    const [guid] = words(positionals, ["GUID"]);
    show(terminal, await askWith(terminal, values)("GET", `/${guid}`));
  },
};

const edit: Command = {
  name: "edit",
  summary: "change a participant, or suspend it",
  usage: usageOf(
    "parley rail participant edit GUID [--name NAME] [--code DIGITS]... [--state active|suspended] " +
      `${TERMS_USAGE} ${COMMON_USAGE}`,
    [
      ["--name NAME", "as people read it"],
      ["--code DIGITS", "six digits inside its accounts; once for each, and these are all of them then"],
      ["--state STATE", "active or suspended"],
      ...TERMS_HELP,
      ...COMMON_HELP,
    ],
  ),
  async run(args, terminal) {
    const { values, positionals } = parse(args, { ...TERMS, state: { type: "string" } });
    const [guid] = words(positionals, ["GUID"]);
    const changes = { ...termsOf(values), ...(values.state === undefined ? {} : { state: values.state }) };
    if (Object.keys(changes).length === 0) throw new UsageError("Say what shall change.");
    show(terminal, await askWith(terminal, values)("PATCH", `/${guid}`, changes));
  },
};

/** @returns seconds since 1970 */
const readTime = (option: string, given: string | undefined): number | undefined => {
  if (given === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}T/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`${option} is "${given}"; allowed is a time such as 2030-01-31T00:00:00Z.`);
  return Math.floor(at / 1_000);
};

const key: Command = {
  name: "key",
  summary: "install a bank's public key; of a private one its public half",
  usage: usageOf(`parley rail participant key GUID FILE|- [--nbf TIME] [--exp TIME] ${COMMON_USAGE}`, [
    ["--nbf TIME", "from when it is taken, such as 2030-01-31T00:00:00Z; default now"],
    ["--exp TIME", "until when; default until it is revoked"],
    ...COMMON_HELP,
  ]),
  async run(args, terminal) {
    const { values, positionals } = parse(args, { nbf: { type: "string" }, exp: { type: "string" } });
    const [guid] = words(positionals, ["GUID", "FILE"]);
    const [nbf, exp] = [readTime("--nbf", values.nbf), readTime("--exp", values.exp)];
    const jwk = publicJwkOf(await readPublicHalf(positionals[1] ?? ""));
    const times = { ...(nbf === undefined ? {} : { nbf }), ...(exp === undefined ? {} : { exp }) };
    show(terminal, await askWith(terminal, values)("POST", `/${guid}/keys`, { ...jwk, ...times }));
  },
};

const revoke: Command = {
  name: "revoke",
  summary: "revoke a bank's key",
  usage: usageOf(`parley rail participant revoke GUID KID ${COMMON_USAGE}`, COMMON_HELP),
  async run(args, terminal) {
    const { values, positionals } = parse(args, {});
    const [guid, kid] = words(positionals, ["GUID", "KID"]);
    await askWith(terminal, values)("DELETE", `/${guid}/keys/${kid}`);
    terminal.out(`${positionals[1]} is revoked: nothing that it signed is taken any more`);
  },
};

const challenge: Command = {
  name: "challenge",
  summary: "have a bank's callback URL prove itself anew",
  usage: usageOf(`parley rail participant challenge GUID ${COMMON_USAGE}`, COMMON_HELP),
  async run(args, terminal) {
    const { values, positionals } = parse(args, {});
    const [guid] = words(positionals, ["GUID"]);
    const { callback_url } = await askWith(terminal, values)("POST", `/${guid}/challenge`);
    terminal.out(`a challenge goes to ${String(callback_url)}`);
    terminal.out(`once it is answered, callback_proven_at is set: parley rail participant show ${guid}`);
  },
};

const COMMANDS: readonly Command[] = [list, add, showOne, edit, key, revoke, challenge];

/** Over the running server, with a short-lived token of this installation's own key. */
export const railParticipant: Command = {
  name: "participant",
  summary: "let banks take part, and install their keys",
  usage: usageOf(
    `parley rail participant ${COMMANDS.map(({ name }) => name).join("|")} …`,
    COMMANDS.map(({ name, summary }) => [name, summary]),
  ),
  commands: COMMANDS,
  async run([word]) {
    const names = COMMANDS.map(({ name }) => name).join(", ");
    throw new UsageError(
      word === undefined
        ? `Say what of: ${names}.`
        : `There is no "parley rail participant ${word}"; there are ${names}.`,
    );
  },
};
