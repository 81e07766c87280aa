/** An authenticator in software, with keys of its own and real signatures: what it says may be bent, for tests that attack. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { Json, Reply } from "./market.ts";
import type { Browser, Person } from "./people.ts";

type Cbor = number | string | Buffer | ReadonlyMap<number | string, Cbor> | readonly Cbor[];

const head = (major: number, value: number): Buffer => {
  const type = major << 5;
  if (value < 24) return Buffer.from([type | value]);
  if (value < 256) return Buffer.from([type | 24, value]);
  return Buffer.from([type | 25, value >> 8, value & 255]);
};

/** RFC 8949, as much of it as a key needs. */
export const cbor = (value: Cbor): Buffer => {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const pairs = [...(value as ReadonlyMap<number | string, Cbor>)].flatMap(([key, item]) => [cbor(key), cbor(item)]);
  return Buffer.concat([head(5, pairs.length / 2), ...pairs]);
};

const sha256 = (data: string | Buffer): Buffer => createHash("sha256").update(data).digest();
const base64url = (data: string | Buffer): string => Buffer.from(data).toString("base64url");

const coordinate = (key: KeyObject, name: "x" | "y"): Buffer =>
  Buffer.from(key.export({ format: "jwk" })[name] ?? "", "base64url");

const coseOf = (key: KeyObject): Buffer =>
  cbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(key, "x")],
      [-3, coordinate(key, "y")],
    ]),
  );

const FLAGS = { present: 1, verified: 4, attested: 64 } as const;

/** What is said otherwise than an honest authenticator, in an honest browser, would say it. */
export type Bent = {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly verified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | null;
  /** The attestation: a format and its statement. */
  readonly attestation?: readonly [string, ReadonlyMap<string, Cbor>];
};

export type SoftKey = {
  readonly credentialId: string;
  /** Answers `navigator.credentials.create`. */
  create(options: Json, bent?: Bent): Json;
  /** Answers `navigator.credentials.get`; counts. */
  sign(options: Json, bent?: Bent): Json;
};

/** @param origin of the page that it is used on */
export const createSoftKey = (origin: string): SoftKey => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  let counter = 0;
  let owner = "";

  const clientData = (type: string, options: Json, bent: Bent): string =>
    JSON.stringify({
      type: bent.type ?? type,
      challenge: bent.challenge ?? options.challenge,
      origin: bent.origin ?? origin,
      crossOrigin: bent.crossOrigin ?? false,
    });
  const authData = (rpId: string, flags: number, bent: Bent, more = Buffer.alloc(0)): Buffer => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(bent.counter ?? counter);
    const verified = (bent.verified ?? true) ? FLAGS.verified : 0;
    return Buffer.concat([sha256(bent.rpId ?? rpId), Buffer.from([flags | FLAGS.present | verified]), count, more]);
  };

  return {
    credentialId: base64url(id),
    create(options, bent = {}) {
      owner = options.user.id;
      const length = Buffer.from([id.length >> 8, id.length & 255]);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseOf(publicKey)]);
      const [format, statement] = bent.attestation ?? ["none", new Map()];
      const attestation = cbor(
        new Map<string, Cbor>([
          ["fmt", format],
          ["attStmt", statement],
          ["authData", authData(options.rp.id, FLAGS.attested, bent, attested)],
        ]),
      );
      return {
        id: base64url(id),
        rawId: base64url(id),
        type: "public-key",
        authenticatorAttachment: "platform",
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(clientData("webauthn.create", options, bent)),
          attestationObject: base64url(attestation),
          transports: ["internal"],
        },
      };
    },
    sign(options, bent = {}) {
      counter++;
      const said = clientData("webauthn.get", options, bent);
      const data = authData(options.rpId, 0, bent);
      return {
        id: base64url(id),
        rawId: base64url(id),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(said),
          authenticatorData: base64url(data),
          signature: base64url(sign("sha256", Buffer.concat([data, sha256(said)]), privateKey)),
          userHandle: bent.userHandle === undefined ? owner : bent.userHandle,
        },
      };
    },
  };
};

const must = (reply: Reply, status: number): Json => {
  assert.equal(reply.status, status, reply.text);
  return reply.body;
};

/** What a browser is to sign or to make. */
export const challengeFor = async (
  { call }: Pick<Browser, "call">,
  what: "sign-in/passkey" | "step-up" | "passkeys",
): Promise<Json> => must(await call("POST", `/identity/${what}/challenge`), 200);

export const addPasskey = async (person: Person, key: SoftKey, name = "My phone"): Promise<Json> => {
  const options = await challengeFor(person, "passkeys");
  return must(await person.call("POST", "/identity/passkeys", { name, credential: key.create(options) }), 201);
};

export const signInByPasskey = async (browser: Browser, key: SoftKey, bent?: Bent): Promise<Reply> => {
  const credential = key.sign(await challengeFor(browser, "sign-in/passkey"), bent);
  return browser.call("POST", "/identity/sign-in/passkey", { credential });
};

export const stepUpByPasskey = async (browser: Browser, key: SoftKey, bent?: Bent): Promise<Reply> => {
  const passkey = key.sign(await challengeFor(browser, "step-up"), bent);
  return browser.call("POST", "/identity/step-up", { passkey });
};
