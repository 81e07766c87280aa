/**
 * The participants and their keys, in this node's memory: banks are few, and every call needs them. Each change is an
 * event of the feed, so that every node refuses a revoked key as soon as it has read it, a second later at the latest.
 * Reading costs little however often others make it happen: what follows from the rows is worked out once a reading, and a
 * key, which never changes, once for ever.
 */
import type { Pool } from "pg";
import type { Feed } from "../../engine/index.ts";
import { type EncryptionJwk, type PublicKey, readPublicKey } from "../../jws/index.ts";
import { SECOND } from "../../kernel/index.ts";
import { hasCallback } from "../callbacks/index.ts";
import { DIRECTORY } from "../events.ts";
import type { Mode, Participant } from "../tables/index.ts";
import { isInMaintenance } from "./windows.ts";

/** Before a failed reading is tried again. */
const RETRY_MS = SECOND;

export type KnownKey = {
  readonly key: PublicKey;
  readonly participant: Participant;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
};

export type Directory = {
  byKid(kid: string): KnownKey | undefined;
  participant(guid: string): Participant | undefined;
  /** The newest one that is valid now. */
  encryptionKey(guid: string): EncryptionJwk | undefined;
  /** Whether the bank has said that it will not answer now. */
  isInMaintenance(guid: string): boolean;
  /** Of one world, active ones. */
  active(mode: Mode): readonly Participant[];
  /** The guids of both worlds. */
  suspended(): readonly string[];
  /** Of one world, the guids of those that can be asked for a receiver and want to be. */
  searchable(mode: Mode): readonly string[];
  /** Whether it left so many asks unanswered that its row in `reach` says whether it is tried again. */
  isDoubtful(guid: string): boolean;
  /** Resolves when what was committed before the call has been read. */
  refresh(): Promise<void>;
  close(): void;
};

export type DirectoryDeps = {
  readonly pool: Pool;
  readonly feed: Feed;
  readonly onFailure: (what: string, error: unknown) => void;
};

type Entry = Omit<KnownKey, "participant"> & { readonly participantGuid: string };
type KeyRow = {
  readonly kid: string;
  readonly jwk: object;
  readonly participantGuid: string;
  readonly notBefore: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
};

export const createDirectory = ({ pool, feed, onFailure }: DirectoryDeps): Directory => {
  let known = knownOf([], [], [], []);

  const read = async () => {
    const [people, registered, readers, silent] = await Promise.all([
      readParticipants(pool),
      readKeys(pool, known.keys),
      readEncryptionKeys(pool),
      readDoubtful(pool),
    ]);
    known = knownOf(people, registered, readers, silent);
  };

  const refresh = oneAtATime(read);

  const isAway = (guid: string): boolean => {
    const bank = known.participants.get(guid);
    return bank !== undefined && isInMaintenance(bank, Date.now());
  };

  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  /** Repeated until it succeeds: the feed reports a revoked key once, and it must not stay valid here. */
  const follow = (): void => {
    clearTimeout(retry);
    refresh().catch((error) => {
      onFailure("reading the directory", error);
      if (!closed) retry = setTimeout(follow, RETRY_MS);
    });
  };
  const unsubscribe = feed.subscribe(DIRECTORY, follow);

  return {
    byKid(kid) {
      const entry = known.keys.get(kid);
      const participant = entry === undefined ? undefined : known.participants.get(entry.participantGuid);
      return entry === undefined || participant === undefined ? undefined : { ...entry, participant };
    },
    participant: (guid) => known.participants.get(guid),
    encryptionKey: (guid) => known.readers.get(guid)?.find((key) => isValid(key, Date.now()))?.jwk,
    isInMaintenance: isAway,
    active: (mode) => known.active[mode],
    suspended: () => known.suspended,
    searchable: (mode) =>
      known.windowed ? known.searchable[mode].filter((guid) => !isAway(guid)) : known.searchable[mode],
    isDoubtful: (guid) => known.doubtful.has(guid),
    refresh,
    close() {
      closed = true;
      clearTimeout(retry);
      unsubscribe();
    },
  };
};

/** What one reading came to. */
const knownOf = (
  people: readonly Participant[],
  registered: readonly Entry[],
  readers: readonly ReaderKey[],
  silent: readonly string[],
) => {
  const guidsOf = (some: readonly Participant[]) => some.map(({ guid }) => guid);
  const inEach = <Of>(of: (mode: Mode) => Of): Readonly<Record<Mode, Of>> => ({
    sandbox: of("sandbox"),
    production: of("production"),
  });
  const active = inEach((mode) => people.filter((one) => one.mode === mode && one.state === "active"));
  return {
    participants: new Map(people.map((participant) => [participant.guid, participant])),
    readers: Map.groupBy(readers, ({ participantGuid }) => participantGuid),
    keys: new Map(registered.map((entry) => [entry.key.kid, entry])),
    active,
    searchable: inEach((mode) => guidsOf(active[mode].filter(isSearchable))),
    suspended: guidsOf(people.filter(({ state }) => state === "suspended")),
    /** Whether any of them has announced that it will not answer. */
    windowed: people.some(({ maintenance }) => maintenance.length > 0),
    doubtful: new Set(silent),
  };
};

const isSearchable = (bank: Participant): boolean => bank.receiverSearch && hasCallback(bank);

/** One reading at a time; a call during a reading waits for the next one, which sees what the first may have missed. */
const oneAtATime = (read: () => Promise<void>): (() => Promise<void>) => {
  let reading: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    if (reading === undefined) {
      reading = read().finally(() => {
        reading = undefined;
      });
      return reading;
    }
    next ??= reading
      .catch(() => {})
      .then(() => {
        next = undefined;
        return refresh();
      });
    return next;
  };
  return refresh;
};

const readParticipants = async (pool: Pool): Promise<readonly Participant[]> => {
  const { rows } = await pool.query<Participant>({
    name: "rail participants",
    text: `select guid, mode, created_at as "createdAt", created_by as "createdBy", name, bank_codes as "bankCodes",
        callback_url as "callbackUrl", callback_proven_at as "callbackProvenAt", challenge,
        deeplink_url as "deeplinkUrl", profile, receiver_search as "receiverSearch", state, maintenance,
        maintenance_set_at as "maintenanceSetAt"
      from rail.participants order by created_at, guid`,
  });
  return rows;
};

/** @param known keys that were read before: a hundred of them anew would hold everybody up */
const readKeys = async (pool: Pool, known: ReadonlyMap<string, Entry>): Promise<readonly Entry[]> => {
  const { rows } = await pool.query<KeyRow>({
    name: "rail keys",
    text: `select kid, jwk, participant_guid as "participantGuid", not_before as "notBefore", expires_at as "expiresAt",
        revoked_at as "revokedAt" from rail.keys where use = 'sig'`,
  });
  return rows.map(({ kid, jwk, ...row }) => {
    const key = known.get(kid)?.key ?? readPublicKey(jwk);
    if ("fault" in key) throw new Error(`a registered key cannot be read: ${key.fault}`);
    return { ...row, key };
  });
};

type ReaderKey = Pick<KeyRow, "participantGuid" | "notBefore" | "expiresAt"> & { readonly jwk: EncryptionJwk };

const isValid = ({ notBefore, expiresAt }: ReaderKey, now: number): boolean =>
  (notBefore === null || now >= notBefore) && (expiresAt === null || now < expiresAt);

/** Newest first. They were checked when they were registered. */
const readEncryptionKeys = async (pool: Pool): Promise<readonly ReaderKey[]> => {
  const { rows } = await pool.query<ReaderKey>({
    name: "rail encryption keys",
    text: `select participant_guid as "participantGuid", jwk, not_before as "notBefore", expires_at as "expiresAt"
      from rail.keys where use = 'enc' and revoked_at is null order by created_at desc, kid`,
  });
  return rows;
};

const readDoubtful = async (pool: Pool): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ guid: string }>({
    name: "rail banks in doubt",
    text: "select participant_guid as guid from rail.reach where closed_until is not null",
  });
  return rows.map(({ guid }) => guid);
};
