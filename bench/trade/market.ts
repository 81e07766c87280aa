/** The people of the bench: takers without ads, makers with money and one sell ad each, larger than any run. */
import pg from "pg";
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { commandsOf } from "../../src/exchange/index.ts";
import { amount, isRefusal, type TraderId, traderId } from "../../src/kernel/index.ts";

/** One taker per client at the most. A taker may have one open order only. */
export const TAKERS = 512;
/** As many makers, so that clients which trade at random hardly meet on one. */
export const MAKERS = 256;
/** Ids are digits, so that pgbench can compute them. */
const FIRST_TAKER = 200_000;
const FIRST_MAKER = 100_000;

/** Kopecks of one trade. */
export const TRADE_AMOUNT = 1_000;
export const METHOD = "card";
export const DEPOSIT = amount(1_000_000_000_000n);
const MAX_PER_ORDER = amount(100_000_000n);
const TOKEN_SECONDS = 3_600 * 3;

export const takerId = (index: number): TraderId => traderId(String(FIRST_TAKER + index));
export const makerId = (index: number): TraderId => traderId(String(FIRST_MAKER + index));
export const FIRST = { taker: FIRST_TAKER, maker: FIRST_MAKER } as const;

/** @property token a whole Authorization header */
export type Maker = { readonly token: string; readonly adId: number };
export type Market = { readonly takers: readonly string[]; readonly makers: readonly Maker[] };

type App = Awaited<ReturnType<typeof startApp>>;

const openFor = async (app: App, maker: TraderId) => {
  const { credit, createAd } = commandsOf(app.exchange);
  const { executor, details } = app.exchange;
  const deposit = {
    by: maker,
    traderId: maker,
    amount: DEPOSIT,
    kind: "deposit" as const,
    externalId: `bench ${maker}`,
  };
  const credited = await executor.submit(credit, deposit, { caller: maker });
  const offer = {
    makerId: maker,
    type: "sell" as const,
    fiatCurrency: "RUB",
    exchangeRate: 100,
    minAmount: amount(TRADE_AMOUNT),
    maxAmount: MAX_PER_ORDER,
    totalAmount: DEPOSIT,
    paymentMethods: [METHOD, "bank_transfer"],
    paymentDetails: details.seal({ card_number: "2200 0000 0000 1111" }, maker),
    instructions: "Please name the order in the transfer's comment.",
    paymentWindowMinutes: null,
  };
  const posted = await executor.submit(createAd, offer, { caller: maker });
  if (isRefusal(credited.outcome) || isRefusal(posted.outcome)) throw new Error(`the market of ${maker} was refused`);
  return posted.outcome.id;
};

/** Fills an empty database through the exchange's own commands, in this process. */
export const openMarket = async (env: Readonly<Record<string, string>>): Promise<Market> => {
  const config = readConfig(env);
  const app = await startApp(config, { databaseUrl: env.DATABASE_URL ?? "" });
  try {
    const takers = Array.from({ length: TAKERS }, (_, index) => takerId(index));
    const makers = Array.from({ length: MAKERS }, (_, index) => makerId(index));
    await Promise.all([...takers, ...makers].map((id) => app.exchange.register(id, null)));
    const adIds: number[] = [];
    // One after the other: pgbench computes an ad's id from its maker's.
    for (const maker of makers) adIds.push(await openFor(app, maker));
    const authorization = async (sub: string) =>
      `Bearer ${await app.issuer.signToken({ sub, ttlSeconds: TOKEN_SECONDS })}`;
    return {
      takers: await Promise.all(takers.map(authorization)),
      makers: await Promise.all(
        makers.map(async (id, index) => ({ token: await authorization(id), adId: adIds[index] ?? 0 })),
      ),
    };
  } finally {
    await app.stop();
  }
};

export const vacuumAnalyze = async (connectionString: string): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("vacuum analyze").finally(() => client.end());
};
