/** Whether a leg wrote what a trade is: the comparison is honest only when all contestants leave the same rows. */
import pg from "pg";
import { TRADE_AMOUNT } from "./market.ts";

/** New rows per trade. */
const PER_TRADE = {
  orders: 1,
  order_states: 1,
  order_history: 3,
  messages: 0,
  order_deadlines: 2,
  transfers: 2,
  accounts: 0,
  claims: 3,
  events: 3,
} as const;

/** An event counts once for each who hears of it. */
const POSITIONS_PER_TRADE = 14;

type Table = keyof typeof PER_TRADE;
const TABLES = Object.keys(PER_TRADE) as readonly Table[];

export type Snapshot = { readonly [Name in Table]: number } & {
  /** Of all accounts with a balance row. */
  readonly money: number;
  readonly inEscrow: number;
  /** What ads have given out, and how often people have traded. */
  readonly released: number;
  readonly records: number;
  readonly position: number;
  readonly unfinished: number;
  readonly occupied: number;
};

const SNAPSHOT = `select ${[
  ...TABLES.map((name) => `(select count(*) from exchange.${name}) as ${name}`),
  `(select sum(balance) from exchange.accounts) as money`,
  `(select coalesce(sum(escrow), 0) from exchange.order_states) as "inEscrow"`,
  "(select sum(released_amount) from exchange.ads) as released",
  "(select sum(orders_count) from exchange.traders) as records",
  "(select position from exchange.feed) as position",
  "(select count(*) from exchange.order_states where completed is null) as unfinished",
  "(select count(*) from exchange.traders where open_deposit_order is not null) as occupied",
].join(", ")}`;

export const takeSnapshot = async (connectionString: string): Promise<Snapshot> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(SNAPSHOT);
    return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)])) as Snapshot;
  } finally {
    await client.end();
  }
};

/** What is wrong; nothing, when the trades left exactly their rows. */
export const faultsOf = (before: Snapshot, after: Snapshot, trades: number): readonly string[] => {
  const grew = (name: keyof Snapshot) => after[name] - before[name];
  const wanted: readonly (readonly [keyof Snapshot, number])[] = [
    ...TABLES.map((name) => [name, PER_TRADE[name] * trades] as const),
    ["money", 0],
    ["released", TRADE_AMOUNT * trades],
    ["records", 2 * trades],
    ["position", POSITIONS_PER_TRADE * trades],
  ];
  return [
    ...wanted
      .filter(([name, count]) => grew(name) !== count)
      .map(([name, count]) => `${name} grew by ${grew(name)}, not by ${count}`),
    ...(["inEscrow", "unfinished", "occupied"] as const)
      .filter((name) => after[name] !== 0)
      .map((name) => `${name} is ${after[name]}, not 0`),
  ];
};
