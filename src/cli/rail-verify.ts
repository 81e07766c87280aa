/** `parley rail verify`: says, step by step, why a token would be refused. */
import { parseArgs } from "node:util";
import type { PublicKey } from "../jws/index.ts";
import { FailedError, withoutTrailing } from "../kernel/index.ts";
import { type Command, UsageError } from "./command.ts";
import { isKeySet, keysOf, readBytes, readKeys, readProfile, readUrl, STANDARD_INPUT } from "./rail-files.ts";
import { checkToken, type Finding } from "./rail-token-checks.ts";
import { type Assumed, answerTo, assumePlace, type Place } from "./rail-token-verdict.ts";
import { usageOf } from "./rail-usage.ts";

const OPTIONS = {
  jwk: { type: "string" },
  jwks: { type: "string" },
  profile: { type: "string", default: "strong" },
  as: { type: "string" },
  guid: { type: "string" },
  url: { type: "string" },
  audience: { type: "string" },
  body: { type: "string" },
  "no-body": { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

const ANSWER_LIMIT_MS = 10_000;

/** Such as the rail's own, for what it has signed. */
const fetchKeys = async (given: string): Promise<readonly PublicKey[]> => {
  const { href } = readUrl("--jwks", given);
  try {
    const response = await fetch(href, { redirect: "error", signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const document: unknown = await response.json();
    if (isKeySet(document)) return keysOf(document);
  } catch {
    // Said below.
  }
  throw new FailedError(`There is no set of keys at ${href}.`);
};

const keysFor = ({ jwk, jwks }: Values): Promise<readonly PublicKey[]> | null => {
  if (jwk !== undefined && jwks !== undefined) throw new UsageError("--jwk and --jwks are both given: which keys?");
  if (jwk !== undefined) return readKeys(jwk);
  return jwks === undefined ? null : fetchKeys(jwks);
};

/** What `aud` has to be. */
const audienceOf = ({ url, audience }: Values): string | null => {
  if (url === undefined) return null;
  const { origin, pathname } = readUrl("--url", url);
  const base = audience === undefined ? origin : withoutTrailing(readUrl("--audience", audience).href, "/");
  return `${base}${pathname}`;
};

const readAs = (given: string | undefined): Place | null => {
  if (given === undefined) return null;
  if (given === "header" || given === "body") return given;
  throw new UsageError(`--as is "${given}"; allowed is header (sent in CX-Authorization) or body.`);
};

const bodyOf = async (values: Values): Promise<Buffer | null> => {
  if (values["no-body"]) return Buffer.alloc(0);
  return values.body === undefined ? null : readBytes(values.body);
};

/** Shells and editors end with a line, and people copy the scheme with it; neither is the token's. */
const readToken = async (given: string | undefined, body: string | undefined): Promise<string> => {
  if (given === undefined) throw new UsageError("Say which token; - reads it from standard input.");
  if (given === STANDARD_INPUT && body === STANDARD_INPUT)
    throw new UsageError("Token and --body cannot both come from standard input.");
  const text = given === STANDARD_INPUT ? (await readBytes(given)).toString("utf8") : given;
  return withoutTrailing(text.replace(/^Bearer +/i, ""), "\r\n");
};

const MARKS: Readonly<Record<Finding["verdict"], string>> = { right: "ok", wrong: "WRONG", unknown: "?" };

/** Says step by step what is right and wrong with a token, as the rail would judge it now. */
export const railVerify: Command = {
  name: "verify",
  summary: "say step by step what is right and wrong with a token",
  usage: usageOf(
    "parley rail verify [--jwk FILE | --jwks URL] [--profile strong|compat] [--as header|body] [--guid GUID] " +
      "[--url URL] [--audience RAIL_PUBLIC_URL] [--body FILE|- | --no-body] TOKEN|-",
    [
      ["--jwk FILE", "the key that signed it: either half, or a set of keys"],
      ["--jwks URL", "or where a set of keys is, such as the rail's own"],
      ["--profile strong|compat", "how the bank was registered; default strong"],
      ["--as header|body", "sent in CX-Authorization, or as the body; default what the token looks like"],
      ["--guid GUID", "the participant's, which iss is compared with"],
      ["--url URL", "of the call, which aud is compared with"],
      ["--audience URL", "RAIL_PUBLIC_URL, where it is not how --url begins; default the origin of --url"],
      ["--body FILE|-", "what goes with a header token, which bh is compared with"],
      ["--no-body", "nothing goes with it: a read"],
    ],
  ),
  async run(args, { out }) {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    if (positionals.length > 1) throw new UsageError("There is more than one token.");
    if (values.jwk === STANDARD_INPUT && [positionals[0], values.body].includes(STANDARD_INPUT))
      throw new UsageError("Only one of token, --jwk and --body can come from standard input.");
    const as = readAs(values.as);
    const text = await readToken(positionals[0], values.body);
    const assumed = as === null ? assumePlace(text) : null;
    const place = as ?? assumed?.place ?? null;
    const findings = await checkToken({
      text,
      as: place ?? "header",
      profile: readProfile(values.profile),
      keys: await keysFor(values),
      guid: values.guid ?? null,
      audience: audienceOf(values),
      body: await bodyOf(values),
      now: Date.now() / 1_000,
    });
    if (assumed !== null) out(assumedLine(assumed));
    for (const { verdict, what, says } of findings) out(`${MARKS[verdict].padEnd(5)}  ${what.padEnd(9)}  ${says}`);
    const wrong = findings.filter(({ verdict }) => verdict === "wrong").map(({ what }) => what);
    const answer = answerTo(text, place, wrong);
    if (answer !== null) throw new FailedError(`The rail would answer ${answer}: see WRONG.`);
    const open = findings.some(({ verdict }) => verdict === "unknown");
    const beside = place === "body" && values.profile === "compat" ? ", beside a good header token" : "";
    out(open ? "Nothing is wrong in what could be looked at." : `The rail would take it now${beside}.`);
  },
};

const NAMES: Readonly<Record<Place, string>> = { header: "a header token", body: "a signed body" };

const assumedLine = ({ place, because }: Assumed): string =>
  `Judged as ${NAMES[place]}, since ${because}; otherwise say --as ${place === "header" ? "body" : "header"}.`;
