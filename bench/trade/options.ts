/** What a run measures and for how long. */
import { parseArgs } from "node:util";

export type Part = "table" | "flat" | "hot" | "old";

export type Options = {
  readonly only: Part | null;
  /** Every contestant is measured once per round, so that a slow moment of the machine strikes all of them. */
  readonly rounds: number;
  readonly clients: readonly number[];
  readonly warmupMs: number;
  readonly measureMs: number;
  /** How long throughput is watched second by second. */
  readonly flatMs: number;
  readonly oldOrders: number;
  /** Where the server writes a CPU profile. */
  readonly profile: string | null;
};

const CLIENTS = [32, 128, 256];

/** The default is as much as fits into three minutes on two cores. */
const LENGTHS = {
  quick: { rounds: 1, warmupMs: 1_000, measureMs: 2_500, flatMs: 5_000 },
  usual: { rounds: 3, warmupMs: 1_000, measureMs: 3_000, flatMs: 8_000 },
  long: { rounds: 7, warmupMs: 2_000, measureMs: 8_000, flatMs: 60_000 },
} as const;

const PARTS: readonly Part[] = ["table", "flat", "hot", "old"];
const FLAT_ONLY_MS = 60_000;
const OLD_ORDERS = 2_000_000;

export const USAGE = `Usage: npm run bench -- trade [options]
  --quick, --long          fewer or more and longer rounds
  --only flat|hot|old|table
                           flat: 60 s second by second; hot: all takers on one maker; old: with finished orders
  --clients 32,256         how many clients
  --rounds N               rounds
  --orders N               finished orders for --only old (2,000,000)
  --profile DIRECTORY      CPU profile of the server`;

const numbers = (text: string): readonly number[] => text.split(",").map(Number);

export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      only: { type: "string" },
      clients: { type: "string" },
      rounds: { type: "string" },
      orders: { type: "string" },
      profile: { type: "string" },
    },
  });
  const only = PARTS.find((part) => part === values.only) ?? null;
  const clients = values.clients === undefined ? CLIENTS : numbers(values.clients);
  const length = LENGTHS[values.quick ? "quick" : values.long ? "long" : "usual"];
  const rounds = values.rounds === undefined ? length.rounds : Number(values.rounds);
  const oldOrders = values.orders === undefined ? OLD_ORDERS : Number(values.orders);
  const sound = [...clients, rounds, oldOrders].every((value) => Number.isSafeInteger(value) && value > 0);
  if (!sound || (values.only !== undefined && only === null)) throw new TypeError(USAGE);
  const flatMs = only === "flat" && !values.quick ? FLAT_ONLY_MS : length.flatMs;
  return { ...length, only, clients, rounds, oldOrders, flatMs, profile: values.profile ?? null };
};
