/** Who calls, the same by a token and by a session, and who may call a route. */
import type { Instant, TraderId } from "../kernel/index.ts";

/** Who settles disputes does not install banks' keys: that is a `rail_operator`. */
export type Role = "operator" | "rail_operator" | "platform";
export const ROLES: readonly Role[] = ["operator", "rail_operator", "platform"];

/** What a caller by cookie has beside a caller by token. */
export type CallerSession = {
  readonly id: string;
  /** Until then what needs the second factor is done without asking for it. */
  readonly steppedUpUntil: Instant | null;
  readonly hasSecondFactor: boolean;
  /** When the password was given once more since signing in; null: it was not. */
  readonly passwordAgainAt: Instant | null;
  /** Told once: it is over, or its person's roles are others. @returns how to stop listening */
  onEnd(listener: () => void): () => void;
};

export const SCOPES = ["read", "trade"] as const;
export type Scope = (typeof SCOPES)[number];

/** What a caller by a personal token has: no role, whatever its owner has, and no more than this. */
export type PersonalToken = {
  readonly id: string;
  readonly scope: Scope;
  /** Whether it may release escrow as well. */
  readonly release: boolean;
  /** Told once: it is over. @returns how to stop listening */
  onEnd(listener: () => void): () => void;
};

/** Who calls, as a valid token or a session says: which of both makes no other trader. */
export type Caller = {
  readonly traderId: TraderId;
  readonly name: string | null;
  readonly roles: ReadonlySet<Role>;
  /** From then on the token is refused: its own end, and what clocks may differ by. Or the session is over. */
  readonly expiresAt: Instant;
  /** Null: a caller by token. */
  readonly session: CallerSession | null;
  /** Null: a caller by a session, or by a token of an issuer. */
  readonly personalToken: PersonalToken | null;
  /**
   * Of a host platform's token, where its second factor counts here: until then the host has seen it. Null: nobody asks for
   * it.
   */
  readonly vouchedUntil: Instant | null;
};

/**
 * Who may call a route. `public` needs no token, but one that is sent must be valid; a session that is over counts as none
 * there, since no page can take its cookie away. `open` looks at none, for what
 * must answer while the host platform's keys cannot be had (documentation, our keys); `health` is not counted either, for
 * whoever asks for it is a proxy that would take a refusal for an illness. `signed` requests are vouched for by their own
 * signatures, which the feature looks at. A `rail_operator` route takes both kinds of operator.
 */
export type Access = "health" | "open" | "public" | "trader" | "operator" | "rail_operator" | "platform" | "signed";
