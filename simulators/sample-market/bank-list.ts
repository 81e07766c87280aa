/** Which banks there are in the demo, and where those that run are found. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Algorithm } from "../../src/jws/index.ts";
import { AURORA, BOREALIS, type Profile } from "../bank/index.ts";

export type DemoBank = {
  readonly name: string;
  readonly title: string;
  /** Six digits that no bank of the country has. */
  readonly code: string;
  readonly profile: Profile;
  readonly alg: Algorithm;
  /** Whether it is asked for receivers. */
  readonly search: boolean;
};

export const DEMO_BANKS: readonly DemoBank[] = [
  { name: AURORA, title: "Aurora Bank", code: "999901", profile: "strong", alg: "ES256", search: true },
  { name: BOREALIS, title: "Borealis Bank", code: "999902", profile: "compat", alg: "RS256", search: true },
];

/** The payer's bank of `npm run demo:rail`. It is there for minutes, so that nobody waits for what it says. */
export const VISITOR_BANK: DemoBank = {
  name: "cirrus",
  title: "Cirrus Bank",
  code: "999903",
  profile: "strong",
  alg: "EdDSA",
  search: false,
};

/** For the operators' API. */
export const participantOf = ({ title, code, profile, search }: DemoBank) => ({
  name: title,
  mode: "sandbox",
  bank_codes: [code],
  profile,
  receiver_search: search,
});

export type RunningDemoBank = {
  readonly name: string;
  readonly title: string;
  readonly guid: string;
  readonly pid: number;
  /** Where the rail calls it. */
  readonly address: string;
  /** Where you do. */
  readonly controlAddress: string;
};

/** What `demo:rail` has to know of the server that runs. Addresses are of this machine. */
export type RunningDemo = {
  readonly operators: string;
  readonly rail: string;
  /** RAIL_PUBLIC_URL. */
  readonly audience: string;
  readonly banks: readonly RunningDemoBank[];
};

const fileOf = (dataDir: string): string => join(dataDir, "banks", "running.json");

/** Readers see all of it or what was there before. */
export const writeRunning = async (dataDir: string, running: RunningDemo): Promise<void> => {
  const draft = `${fileOf(dataDir)}.tmp`;
  await writeFile(draft, `${JSON.stringify(running, null, 2)}\n`);
  await rename(draft, fileOf(dataDir));
};

export const removeRunning = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true });

/** Null: none, as far as is known; a server that was killed leaves the file behind. */
export const readRunning = async (dataDir: string): Promise<RunningDemo | null> => {
  const text = await readFile(fileOf(dataDir), "utf8").catch(() => null);
  return text === null ? null : (JSON.parse(text) as RunningDemo);
};
