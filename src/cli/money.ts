/** `parley credit` and `parley debit`: money that came in or went out, noted by hand as a host platform's server would. */
import { parseArgs } from "node:util";
import { readConfig } from "../config.ts";
import { createAsk, type Json } from "./ask-server.ts";
import { type Command, UsageError } from "./command.ts";
import { usageOf } from "./rail-usage.ts";

const PATH = "/api/v1/platform";
const OPTIONS = {
  user: { type: "string" },
  amount: { type: "string" },
  "external-id": { type: "string" },
  kind: { type: "string" },
  by: { type: "string", default: "cli" },
  url: { type: "string" },
} as const;

const HELP = [
  ["--user ID", "whose balance it is"],
  ["--amount KOPECKS", "a whole number: 150000 is 1,500 roubles"],
  ["--external-id ID", "what this payment is called elsewhere; sent twice, it counts once"],
  ["--by NAME", "who is noted as having done it; default cli"],
  ["--url URL", "where the exchange's listener is; default PUBLIC_URL, or HOST and PORT"],
] as const;

type Direction = {
  readonly name: "credit" | "debit";
  readonly summary: string;
  readonly path: string;
  /** The first is meant unless said otherwise; what others there are, the server knows. */
  readonly kinds: readonly [string, ...string[]];
};

const required = (option: string, value: string | undefined): string => {
  if (value === undefined || value === "") throw new UsageError(`${option} is missing.`);
  return value;
};

/** The server knows how much is too much; here only what is no number at all is refused. */
const readAmount = (given: string): number => {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new UsageError(`--amount is "${given}"; allowed is a whole number of kopecks.`);
};

/** Asked of the running server, so that it is the same command under the same locks, with the same trail. */
const moneyCommand = ({ name, summary, path, kinds }: Direction): Command => ({
  name,
  summary,
  usage: usageOf(
    `parley ${name} --user ID --amount KOPECKS --external-id ID [--kind ${kinds.join("|")}] [--by NAME] [--url URL]`,
    [...HELP, ["--kind KIND", `${kinds.join(", ")}; default ${kinds[0]}`]],
  ),
  async run(args, { env, out }) {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const kind = values.kind ?? kinds[0];
    if (!kinds.includes(kind)) throw new UsageError(`--kind is "${kind}"; allowed is ${kinds.join(", ")}.`);
    const body: Json = {
      user_id: required("--user", values.user),
      amount: readAmount(required("--amount", values.amount)),
      kind,
      external_id: required("--external-id", values["external-id"]),
    };
    const ask = createAsk(readConfig(env), { url: values.url, user: values.by, role: "platform", path: PATH });
    out(JSON.stringify(await ask("POST", path, body), null, 2));
  },
});

export const creditCommand = moneyCommand({
  name: "credit",
  summary: "note that a user's money came in",
  path: "/credits",
  kinds: ["deposit", "bonus", "adjustment"],
});

export const debitCommand = moneyCommand({
  name: "debit",
  summary: "note that a user's money went out",
  path: "/debits",
  kinds: ["withdrawal", "adjustment", "deposit_reversal"],
});
