/** Phones at rest: encrypted, and found by a keyed hash. The world is part of the hash, so that two never meet. */
import type { KeyedHash, Sealing } from "../keys/index.ts";
import type { Mode, Phone } from "./tables/index.ts";

export type PhoneCipher = {
  hash(mode: Mode, phone: string): string;
  seal(hash: string, phone: string): string;
  open(hash: string, sealed: string): string;
  /** Of the checksum of a bank's aliases: another one for each bank. @returns 32 bytes in base64url */
  bookKey(participantGuid: string): string;
};

const contextOf = (hash: string): string => `rail phone ${hash}`;

export const createPhoneCipher = (keyedHash: KeyedHash, sealing: Sealing): PhoneCipher => ({
  hash: (mode, phone) => keyedHash(`${mode} ${phone}`),
  seal: (hash, phone) => sealing.seal(phone, contextOf(hash)),
  open: (hash, sealed) => sealing.open(sealed, contextOf(hash)),
  // No world is called so, and no phone is hashed to it.
  bookKey: (participantGuid) => keyedHash(`book of ${participantGuid}`),
});

/** A phone that nobody ever linked or searched for. */
export const blankPhone = (hash: string, mode: Mode, sealed: string): Phone => ({
  hash,
  mode,
  phone: sealed,
  participantGuid: null,
  account: null,
  linkedAt: null,
  lastSeqs: {},
  searchedAt: [],
});
