/** What is beside the database: directory, ports, the host platform's keys, the mail server. */
import { access, constants, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { createLocalJWKSet, type JSONWebKeySet } from "jose";
import type { Config, HostAuthConfig } from "../../config.ts";
import { fetchKeySet, HOST_ALGORITHMS, KeysUnavailable } from "../../http/index.ts";
import { createMailer, type MailSettings } from "../../identity/index.ts";
import { FailedError, SECOND } from "../../kernel/index.ts";
import { readFingerprints } from "../../keys/index.ts";
import { type TriedPort, tryPorts } from "../../ports.ts";
import { originOfListener } from "../ask-server.ts";
import { type Check, demand } from "./check.ts";

/** Less, and a night's logs or files fill it. */
const ROOM_BYTES = 2 ** 30;
const GIBIBYTE = 2 ** 30;
const ANSWER_MS = 5 * SECOND;

/** The directory itself, or what it will be made in. */
const nearest = async (path: string): Promise<string> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
};

const lookAtDirectory = async ({ dataDir }: Config): Promise<string> => {
  const directory = await nearest(dataDir);
  await access(directory, constants.W_OK | constants.X_OK);
  const { bavail, bsize } = await statfs(directory);
  const room = `${((bavail * bsize) / GIBIBYTE).toFixed(1)} GiB free`;
  demand(bavail * bsize >= ROOM_BYTES, `The disk of ${directory} has ${room}; make room there.`);
  return `${dataDir}${directory === dataDir ? "" : ", made by the first start"}, ${room}`;
};

/** Whether whoever listens there is this installation: it publishes our key. */
const isOurs = async (config: Config, port: number): Promise<boolean> => {
  const { issuer } = await readFingerprints(config.dataDir);
  const known = await fetch(`${originOfListener(config.host, port)}/.well-known/jwks.json`, {
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_MS),
  })
    .then((response) => response.json() as Promise<JSONWebKeySet>)
    .catch((): JSONWebKeySet => ({ keys: [] }));
  return known.keys?.some(({ kid }) => kid !== undefined && issuer.present.includes(kid)) ?? false;
};

const portChecks = async (config: Config): Promise<readonly Check[]> => {
  const tried = await tryPorts(config);
  // What serves metrics says no more than numbers: it belongs to whoever listens beside it.
  const lookAt = async ({ name, number, fault }: TriedPort): Promise<string> => {
    if (fault === null) return number === 0 ? "any that is free" : `${number}, free`;
    demand(await isOurs(config, name === "METRICS_PORT" ? config.port : number), fault);
    return `${number}, where this installation serves already`;
  };
  return tried.map((port) => ({ about: port.name, look: () => lookAt(port) }));
};

/** Where it is, without what else stands in the URL. */
const placeOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

const ALLOWED_TYPES: ReadonlySet<unknown> = new Set(["EC", "OKP", "RSA"]);

const keysOf = (
  text: string,
): readonly { readonly kty?: unknown; readonly alg?: unknown; readonly use?: unknown }[] => {
  const set = JSON.parse(text) as JSONWebKeySet;
  createLocalJWKSet(set);
  return set.keys.filter(
    ({ kty, alg, use }) =>
      ALLOWED_TYPES.has(kty) && (alg === undefined || HOST_ALGORITHMS.includes(alg)) && use !== "enc",
  );
};

const reasonOf = (error: unknown): string => {
  if (error instanceof KeysUnavailable) return error.message;
  const { name, cause } = Object(error) as { readonly name?: string; readonly cause?: Partial<NodeJS.ErrnoException> };
  if (name === "TimeoutError") return "no answer within 5 s";
  if (cause !== undefined) return `no connection, ${cause.code ?? cause.message}`;
  return "what it answers is no key set";
};

const lookAtHost = async ({ jwksUrl }: HostAuthConfig): Promise<string> => {
  const place = placeOf(jwksUrl);
  try {
    const keys = keysOf(await fetchKeySet(jwksUrl.href, { signal: AbortSignal.timeout(ANSWER_MS) }));
    demand(
      keys.length > 0,
      `AUTH_JWKS_URL: ${place} holds no key for ${HOST_ALGORITHMS.join(", ")}; have the host platform publish one.`,
    );
    return `${place}, ${keys.length === 1 ? "a key" : `${keys.length} keys`}`;
  } catch (error) {
    if (error instanceof FailedError) throw error;
    throw new FailedError(
      `AUTH_JWKS_URL: ${place} gives no keys (${reasonOf(error)}); correct it, or start the host platform: until then nobody ` +
        "comes in with its tokens.",
    );
  }
};

const lookAtMail = async (mail: MailSettings): Promise<string> => {
  const { host } = new URL(mail.url);
  try {
    await createMailer(mail).check();
    return `${host} lets us in, from ${mail.from}`;
  } catch (error) {
    const said = error instanceof Error ? error.message : "unknown";
    throw new FailedError(
      said.startsWith("EAUTH")
        ? `SMTP_URL: the mail server ${host} refuses user or password (${said}); correct them.`
        : `SMTP_URL: the mail server ${host} cannot be spoken to (${said}); correct host, port and scheme, or start it.`,
    );
  }
};

export const otherChecks = async (config: Config): Promise<readonly Check[]> => {
  const { auth, mail } = config;
  return [
    { about: "DATA_DIR", look: () => lookAtDirectory(config) },
    ...(await portChecks(config)),
    ...(auth === null ? [] : [{ about: "host platform", look: () => lookAtHost(auth) }]),
    ...(mail === null ? [] : [{ about: "mail", look: () => lookAtMail(mail) }]),
  ];
};
