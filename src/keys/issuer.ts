/**
 * Our own signing keys: they issue tokens and sign documents, answers and callbacks. A ring in one file, which processes
 * that share it follow: a key that one of them adds is known to all before it signs.
 */
import { join } from "node:path";
import {
  CompactSign,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import {
  damaged as damagedFile,
  openKeyDirectory,
  parseKeyFile,
  readOrCreate,
  readOrNull,
  replaceFile,
  withLock,
} from "./files.ts";
import {
  MAX_TOKEN_SECONDS,
  type Ring,
  type RingKey,
  type View,
  viewAt,
  waiting,
  withNext,
  withoutPresent,
} from "./ring.ts";

/** Who our own tokens are from and for. Constants: a change of address must not sign everybody out. */
export const OWN_ISSUER = "parley";
export const OWN_AUDIENCE = "parley";

/** Tokens to call us with. Any other document that we sign carries another type, so that it is never taken for one. */
export const TOKEN_TYPE = "JWT";

const ALGORITHM = "ES256";
const CURVE = "P-256";
export const ISSUER_FILE = "issuer.json";

export type TokenClaims = {
  readonly sub: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  /** A day at most. */
  readonly ttlSeconds: number;
};

/** The public half of a key, as everybody may have it. */
export type PublicJwk = {
  readonly kty: "EC";
  readonly crv: typeof CURVE;
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: typeof ALGORITHM;
  readonly use: "sig";
};

export type PublicJwks = { readonly keys: [PublicJwk, ...PublicJwk[]] };

/** One key, for who has to say which one it was. */
export type Signer = {
  readonly publicJwk: PublicJwk;
  /** Any document but a token as a compact JWS. @param type the media type for the header, never `JWT` */
  sign(claims: JWTPayload, type: string): Promise<string>;
  /** A document that is text already, as it is: numbers stay as they were written. */
  signText(text: string, type: string): Promise<string>;
};

/** Signs with our own keys, whose public halves everybody may have. */
export type Issuer = Omit<Signer, "publicJwk"> & {
  readonly issuer: string;
  readonly audience: string;
  /** Of the key that signs now. */
  readonly kid: string;
  /** All that anything was ever signed with; the one that signs now comes first. */
  readonly publicJwks: PublicJwks;
  /** Those whose tokens are taken. The same object until that changes. */
  tokenKeys(): PublicJwks;
  /** The key that signs now. */
  signer(): Promise<Signer>;
  /** A token to call us with. */
  signToken(claims: TokenClaims): Promise<string>;
  /** Looks for keys that another process has added. */
  reload(): Promise<void>;
};

const createKey = async (): Promise<Omit<RingKey, "from">> => {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, x: String(jwk.x), y: String(jwk.y), d: String(jwk.d) };
};

const publicJwkOf = ({ kid, x, y }: RingKey): PublicJwk => ({
  kty: "EC",
  crv: CURVE,
  x,
  y,
  kid,
  alg: ALGORITHM,
  use: "sig",
});

/** @param withdrawn kids of keys that somebody else may have: what they signed is worth nothing */
const writeRing = (ring: Ring, withdrawn: readonly string[] = []): string => {
  const keys = ring.map((key) => ({
    ...publicJwkOf(key),
    ...(key.d === undefined ? {} : { d: key.d }),
    from: new Date(key.from).toISOString(),
  }));
  const file = withdrawn.length === 0 ? { keys } : { keys, withdrawn };
  return `${JSON.stringify(file, null, 2)}\n`;
};

const KEY = "private P-256 key with a kid";
const damaged = () => damagedFile(ISSUER_FILE, KEY);

const readKey = (found: unknown): RingKey => {
  const { kty, crv, x, y, d, kid, from = 0 } = (found ?? {}) as Readonly<Record<string, unknown>>;
  const since = typeof from === "string" ? Date.parse(from) : from;
  const isPublic = kty === "EC" && crv === CURVE && typeof x === "string" && typeof y === "string";
  if (!isPublic || typeof kid !== "string" || typeof since !== "number" || Number.isNaN(since)) throw damaged();
  if (d !== undefined && typeof d !== "string") throw damaged();
  return { kid, x, y, d, from: since };
};

/** A file from before there were several is one key. */
const readRing = (content: string): Ring => {
  const file = parseKeyFile(ISSUER_FILE, KEY, content);
  const ring = (Array.isArray(file.keys) ? file.keys : [file]).map(readKey).sort((a, b) => a.from - b.from);
  if (ring.at(-1)?.d === undefined) throw damaged();
  return ring;
};

const readWithdrawn = (content: string): readonly string[] => {
  const { withdrawn } = parseKeyFile(ISSUER_FILE, KEY, content);
  return Array.isArray(withdrawn) ? withdrawn.map(String) : [];
};

export const issuerFingerprints = (content: string) => ({
  present: readRing(content).map(({ kid }) => kid),
  withdrawn: readWithdrawn(content),
});

const createRing = async (): Promise<string> => writeRing([{ ...(await createKey()), from: 0 }]);

const documentType = (type: string): string => {
  if (type.toUpperCase() === TOKEN_TYPE) throw new Error("a document must not pass for a token");
  return type;
};

const privateKeyOf = (key: RingKey) => importJWK({ ...publicJwkOf(key), d: key.d ?? "" }, ALGORITHM);
type SigningKey = Awaited<ReturnType<typeof privateKeyOf>>;

const signerOf = (key: RingKey, privateKey: SigningKey): Signer => {
  const header = (type: string) => ({ alg: ALGORITHM, kid: key.kid, typ: documentType(type) });
  return {
    publicJwk: publicJwkOf(key),
    sign: async (claims, type) => new SignJWT(claims).setProtectedHeader(header(type)).sign(privateKey),
    signText: async (text, type) =>
      new CompactSign(Buffer.from(text, "utf8")).setProtectedHeader(header(type)).sign(privateKey),
  };
};

/** What follows from the ring at a moment; worked out anew only when that changes. */
type Present = View & {
  readonly publicJwks: PublicJwks;
  readonly tokenKeys: PublicJwks;
  readonly key: Promise<SigningKey>;
};

const presentOf = (ring: Ring, now: number): Present => {
  const view = viewAt(ring, now);
  const jwks = (keys: Ring): PublicJwks => ({ keys: keys.map(publicJwkOf) as PublicJwks["keys"] });
  return { ...view, publicJwks: jwks(view.listed), tokenKeys: jwks(view.taken), key: privateKeyOf(view.current) };
};

/** Opens our keys under the data directory and makes one on the first start. */
export const openIssuer = async (dataDir: string, now: () => number = Date.now): Promise<Issuer> => {
  const directory = await openKeyDirectory(dataDir);
  const read = () => readOrCreate(directory, ISSUER_FILE, createRing);
  let content = await read();
  let ring = readRing(content);
  let known = presentOf(ring, now());
  const present = (): Present => {
    if (now() >= known.until) known = presentOf(ring, now());
    return known;
  };
  const signer = async (): Promise<Signer> => {
    const { current, key } = present();
    return signerOf(current, await key);
  };
  return {
    issuer: OWN_ISSUER,
    audience: OWN_AUDIENCE,
    get kid() {
      return present().current.kid;
    },
    get publicJwks() {
      return present().publicJwks;
    },
    tokenKeys: () => present().tokenKeys,
    signer,
    async signToken({ ttlSeconds, ...claims }) {
      if (ttlSeconds > MAX_TOKEN_SECONDS) throw new Error(`a token lives ${MAX_TOKEN_SECONDS} s at most`);
      const { current, key } = present();
      const issuedAt = Math.floor(now() / 1_000);
      return new SignJWT({ ...claims })
        .setProtectedHeader({ alg: ALGORITHM, kid: current.kid, typ: TOKEN_TYPE })
        .setIssuer(OWN_ISSUER)
        .setAudience(OWN_AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(await key);
    },
    sign: async (claims, type) => (await signer()).sign(claims, type),
    signText: async (text, type) => (await signer()).signText(text, type),
    async reload() {
      const found = await read();
      if (found === content) return;
      ring = readRing(found);
      content = found;
      known = presentOf(ring, now());
    },
  };
};

/** @property from when it begins to sign, in milliseconds */
export type KeyState = {
  readonly kid: string;
  readonly from: number;
  readonly state: "waits" | "signs" | "taken" | "retired";
};

/** What each key of the ring is good for now; nothing is made. */
export const listIssuerKeys = async (dataDir: string, now: number = Date.now()): Promise<readonly KeyState[]> => {
  const content = await readOrNull(join(dataDir, "keys", ISSUER_FILE));
  if (content === null) return [];
  const ring = readRing(content);
  const { current, taken } = viewAt(ring, now);
  const stateOf = (key: RingKey): KeyState["state"] => {
    if (key === current) return "signs";
    if (key.from > now) return "waits";
    return taken.includes(key) ? "taken" : "retired";
  };
  return ring.map((key) => ({ kid: key.kid, from: key.from, state: stateOf(key) }));
};

/** @property signsFrom in milliseconds */
export type Rotated = { readonly kid: string; readonly signsFrom: number };

/**
 * Adds a key to the ring. At once: it takes the place of those that somebody may have got hold of, whose tokens and
 * signatures are worth nothing from then on.
 * @returns null: one that was added before waits to sign
 */
export const rotateIssuer = async (
  dataDir: string,
  { atOnce }: { readonly atOnce: boolean },
  now: () => number = Date.now,
): Promise<Rotated | null> => {
  const directory = await openKeyDirectory(dataDir);
  return withLock(directory, ISSUER_FILE, async () => {
    const content = await readOrCreate(directory, ISSUER_FILE, createRing);
    const ring = readRing(content);
    if (!atOnce && waiting(ring, now()) !== undefined) return null;
    const key = await createKey();
    const next = (atOnce ? withoutPresent : withNext)(ring, key, now());
    const gone = atOnce ? ring.filter((old) => !next.includes(old)).map(({ kid }) => kid) : [];
    await replaceFile(directory, ISSUER_FILE, writeRing(next, [...readWithdrawn(content), ...gone]));
    return { kid: key.kid, signsFrom: next.at(-1)?.from ?? now() };
  });
};
