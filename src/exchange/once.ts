/** What is handed on by something that may hand it on again: each has its effect once. */
import type { Claim } from "../engine/index.ts";
import { DAY, refuse } from "../kernel/index.ts";
import type { ErrorCode } from "./errors.ts";

/** Longer than whoever hands it on can be away, and than a feed is kept. */
const REMEMBERED_MS = 30 * DAY;

/** @param scope what is handed on @param key which one */
export const onceFor = (scope: string, key: string): Claim<ErrorCode> => ({
  scope,
  key,
  fingerprint: "",
  mismatch: refuse("EXTERNAL_ID_REUSED"),
  keeps: "answers",
  lifetimeMs: REMEMBERED_MS,
  guard: null,
});
