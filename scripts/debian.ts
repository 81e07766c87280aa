/** Programs that tests need beside us, from Debian's packages: installed where we may; elsewhere a sentence says what is missing. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export type DebianProgram = {
  readonly name: string;
  /** Debian's. */
  readonly package: string;
  /** Where it usually is. */
  readonly usual: readonly string[];
  /** Names another one. */
  readonly variable: string;
  /** Who needs it, as a sentence begins. */
  readonly user: string;
};

const APT = "/usr/bin/apt-get";
/** A download can hang without an error. */
const INSTALL_LIMIT_MS = 5 * 60_000;

/** @returns where it is; null: nowhere */
const findProgram = ({ usual, variable }: DebianProgram): string | null => {
  const given = process.env[variable];
  if (given !== undefined) return existsSync(given) ? given : null;
  return usual.find((path) => existsSync(path)) ?? null;
};

const aptGet = (...args: readonly string[]): boolean =>
  spawnSync(APT, [...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: INSTALL_LIMIT_MS,
  }).status === 0;

/** @throws with a sentence that says what to install */
export const ensureProgram = (program: DebianProgram): string => {
  const found = findProgram(program);
  if (found !== null) return found;
  const { name, variable, user } = program;
  if (process.env[variable] === undefined && process.getuid?.() === 0 && existsSync(APT)) {
    console.log(`Installing ${name} (apt-get install ${program.package})`);
    if (aptGet("update") && aptGet("install", "--yes", "--no-install-recommends", program.package)) {
      const installed = findProgram(program);
      if (installed !== null) return installed;
    }
  }
  throw new Error(
    `${user} ${name}, and it is not here: please install it (Debian: apt-get install ${program.package}), or name one with ` +
      `${variable}=/path/to/${program.package}`,
  );
};
