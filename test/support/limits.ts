/** For tests that are not about how often somebody may call. */
export const UNLIMITED = {
  WRITES_PER_10_SECONDS: "1000000",
  READS_PER_10_SECONDS: "1000000",
  ANONYMOUS_READS_PER_10_SECONDS: "1000000",
} as const;
