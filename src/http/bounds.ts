/** The bounds of a listener: connections, bodies, request rates, proxies and origins. */
import type { Admission } from "./admission.ts";
import { DEFAULT_RATES, type Rates } from "./limits.ts";

export type Bounds = {
  readonly rates: Rates;
  readonly admission: Admission;
  /** Networks of the proxies whose X-Forwarded-For counts. */
  readonly trustedProxies: readonly string[];
  /** Whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
};

const MEBIBYTE = 1_024 * 1_024;

export const DEFAULT_BOUNDS: Bounds = {
  rates: DEFAULT_RATES,
  admission: {
    /** All streams that a node holds, and the callers beside them. */
    connections: 16_384,
    /** An office or a carrier's gateway, each person with a stream and a few calls. */
    connectionsPerAddress: 1_024,
    bodyBytes: 64 * MEBIBYTE,
  },
  trustedProxies: [],
  corsOrigins: [],
};
