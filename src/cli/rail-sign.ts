/** `parley rail sign`: signs a request as a bank would. */
import { hash, randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { type JsonObject, type JsonValue, type PrivateKey, signToken, writeJson } from "../jws/index.ts";
import { withoutTrailing } from "../kernel/index.ts";
import { FRESHNESS, faultOfAlgorithm } from "../rail/index.ts";
import { type Command, UsageError } from "./command.ts";
import { type ProfileName, readGuid, readMembers, readProfile, readSigningKey, readUrl } from "./rail-files.ts";
import { usageOf } from "./rail-usage.ts";

type Signing = {
  readonly key: PrivateKey;
  readonly profile: ProfileName;
  readonly guid: string | null;
  readonly url: URL;
  /** RAIL_PUBLIC_URL. */
  readonly audience: string;
  readonly payload: JsonObject | null;
};

const number = (value: number): JsonValue => ({ number: String(value) });

/** What a strong token says beside `iat` and `jti`. */
const boundClaims = ({ profile, guid, url, audience }: Signing, now: number): readonly [string, JsonValue][] =>
  profile === "compat" || guid === null
    ? []
    : [
        ["iss", guid],
        ["aud", `${audience}${url.pathname}`],
        ["exp", number(now + FRESHNESS.strong.life)],
      ];

/** What the payload says already stays as it is, so that faults can be tried out. */
const signBody = (signing: Signing, payload: JsonObject, now: number): Promise<string> => {
  const dated: readonly [string, JsonValue][] = signing.profile === "compat" ? [] : [["iat", number(now)]];
  const claims = new Map<string, JsonValue>([["jti", randomUUID()], ...dated, ...boundClaims(signing, now)]);
  return signToken(writeJson(new Map([...claims, ...payload])), signing.key, "JWT");
};

const signHeader = (signing: Signing, body: string, now: number): Promise<string> => {
  const claims: readonly [string, JsonValue][] = [
    ["iat", number(now)],
    ["jti", randomUUID()],
    ...boundClaims(signing, now),
  ];
  const bound: readonly [string, JsonValue][] =
    signing.profile === "compat" ? [] : [["bh", hash("sha256", body, "base64url")]];
  return signToken(writeJson(new Map([...claims, ...bound])), signing.key, "JWT");
};

/** For a shell: nothing in it ends the quotation. */
const quoted = (url: URL): string => `'${url.href.replaceAll("'", "%27")}'`;

const linesOf = (method: string, url: URL, header: string, body: string | null): readonly string[] => [
  `CX_AUTHORIZATION='${header}'`,
  ...(body === null ? [] : [`BODY='${body}'`]),
  `curl -sS -X ${method} ${quoted(url)} \\`,
  `  -H "CX-Authorization: $CX_AUTHORIZATION"${body === null ? "" : " \\"}`,
  ...(body === null ? [] : ["  -H 'Content-Type: application/jwt' \\", '  --data-binary "$BODY"']),
];

const METHODS = ["GET", "POST", "PUT"];

const readMethod = (given: string | undefined, payload: JsonObject | null): string => {
  const method = given ?? (payload === null ? "GET" : "POST");
  if (!METHODS.includes(method)) throw new UsageError(`--method is "${method}"; allowed is ${METHODS.join(", ")}.`);
  if (method === "GET" && payload !== null) throw new UsageError("A GET has no body: leave --body away.");
  return method;
};

/** Signs one call and prints it as lines for a shell: `parley rail sign … | sh` makes the call. */
export const railSign: Command = {
  name: "sign",
  summary: "sign one call to the rail, and print it as curl lines",
  usage: usageOf(
    "parley rail sign --key FILE --url URL [--profile strong|compat] [--guid GUID] [--method GET|POST|PUT] " +
      "[--body FILE|-] [--audience RAIL_PUBLIC_URL] [--raw]",
    [
      ["--key FILE", "the private JWK"],
      ["--url URL", "of the call, with its query"],
      ["--profile strong|compat", "how the bank was registered; default strong"],
      ["--guid GUID", "the participant's; needed for strong"],
      ["--method GET|POST|PUT", "default POST with a body, GET without"],
      ["--body FILE|-", "the members to sign, as JSON; jti and the other claims are added where they are missing"],
      ["--audience URL", "RAIL_PUBLIC_URL, where it is not how --url begins; default the origin of --url"],
      ["--raw", "print one token and nothing else: the body's where there is --body, else the header's"],
    ],
  ),
  async run(args, { out }) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        key: { type: "string" },
        url: { type: "string" },
        profile: { type: "string", default: "strong" },
        guid: { type: "string" },
        method: { type: "string" },
        body: { type: "string" },
        audience: { type: "string" },
        raw: { type: "boolean", default: false },
      },
    });
    if (values.key === undefined) throw new UsageError("--key is missing: which file holds the private JWK?");
    const profile = readProfile(values.profile);
    if (profile === "strong" && values.guid === undefined)
      throw new UsageError("--guid is missing: a strong token says which participant it is from.");
    const guid = values.guid === undefined ? null : readGuid("--guid", values.guid);
    const url = readUrl("--url", values.url);
    const key = await readSigningKey(values.key);
    const fault = faultOfAlgorithm(profile, key.alg);
    if (fault !== null) throw new UsageError(fault);
    const payload = values.body === undefined ? null : await readMembers(values.body);
    const audience = values.audience === undefined ? url.origin : readUrl("--audience", values.audience).href;
    const signing = { key, profile, guid, url, audience: withoutTrailing(audience, "/"), payload };
    const method = readMethod(values.method, payload);
    const now = Math.floor(Date.now() / 1_000);
    const body = payload === null ? null : await signBody(signing, payload, now);
    if (values.raw && body !== null) return out(body);
    const header = await signHeader(signing, body ?? "", now);
    if (values.raw) return out(header);
    for (const line of linesOf(method, url, header, body)) out(line);
  },
};
