/** Who calls: the same for whoever comes by a token and whoever comes by a session. */
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
  /** Whether the password was given once more since signing in. */
  readonly gavePasswordAgain: boolean;
  /** Told once: it is over, or its person's roles are others. @returns how to stop listening */
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
};
