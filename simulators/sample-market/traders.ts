/**
 * Who of the sample market is played by a program: every maker whom nobody is by a click. Anna and Vera are people, so that
 * two windows can trade with each other; nobody moves in an order between them.
 */
import { type RunningTraders, type SimulatedTrader, startTraders } from "../traders/index.ts";
import { DEMO_LOGINS, PEOPLE } from "./people.ts";

export const DEMO_TRADERS: readonly SimulatedTrader[] = PEOPLE.filter(
  ({ id, ads }) => ads.length > 0 && !DEMO_LOGINS.some((login) => login.id === id),
).map(({ id, name }) => ({ id, name }));

/** They ask for another one. */
const TOKEN_SECONDS = 3_600;

/** Signs what people call us with; nothing of it bears a role. */
type TokenSigner = {
  signToken(claims: { readonly sub: string; readonly name: string; readonly ttlSeconds: number }): Promise<string>;
};

export type DemoTradersOptions = {
  /** Of the exchange's listener. */
  readonly baseUrl: string;
  readonly issuer: TokenSigner;
  readonly say: (line: string) => void;
};

export const startDemoTraders = ({ baseUrl, issuer, say }: DemoTradersOptions): RunningTraders =>
  startTraders({
    baseUrl,
    traders: DEMO_TRADERS,
    tokenOf: ({ id, name }) => issuer.signToken({ sub: id, name, ttlSeconds: TOKEN_SECONDS }),
    say,
  });
