/** What processes that a test starts find in their environment: what the test says, and nothing else of this process's. */

export type Environment = Readonly<Record<string, string>>;

/** What a program needs to be found, and what spares it compiling again what another process has compiled. */
const KEPT = ["PATH", "NODE_COMPILE_CACHE"];

export const environmentOf = (env: Environment = {}): Environment => ({
  ...Object.fromEntries(KEPT.map((name) => [name, process.env[name] ?? ""])),
  ...env,
});
