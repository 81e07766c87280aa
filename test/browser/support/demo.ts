/** The demo with its people, their ads and one dispute, served with the web app, for tests that look at pages. */
import { after } from "node:test";
import {
  DEMO_LOGINS,
  DEMO_TRADERS,
  fillDemoMarket,
  startDemoTraders,
} from "../../../simulators/sample-market/index.ts";
import { type Market, type MarketOptions, useMarket } from "../../support/market.ts";
import { buildWebApp, type TestBrowser, useBrowser, WEB_DIRECTORY } from "./browser.ts";

/** A market with the web app, and a browser to open it in. */
export const useApp = (
  options: MarketOptions = {},
  prepare: (market: Market) => Promise<void> = async () => {},
): { readonly market: Market; readonly browser: TestBrowser } => {
  buildWebApp();
  const market: Market = useMarket({ webDirectory: WEB_DIRECTORY, ...options }, () => prepare(market));
  const browser = useBrowser(() => market.nodes[0]?.address ?? "");
  return { market, browser };
};

/** The same with the demo's market. @param prepare what else is to be there */
export const useDemo = (
  options: MarketOptions = {},
  prepare: (market: Market) => Promise<void> = async () => {},
): ReturnType<typeof useApp> =>
  useApp({ demoPeople: DEMO_LOGINS, ...options }, async (market) => {
    const [node] = market.nodes;
    if (node !== undefined) await fillDemoMarket(node.exchange, () => {});
    await prepare(market);
  });

/** The demo says that programs play some of its traders, which is where the guide through a first trade comes in. */
export const PLAYED: MarketOptions = { demoTraders: DEMO_TRADERS.map(({ id }) => id) };

/** The same with the traders of `npm start`, who answer by themselves. */
export const usePlayedDemo = (options: MarketOptions = {}): ReturnType<typeof useApp> => {
  const stops: (() => Promise<void>)[] = [];
  // Before the market's own end: nothing of theirs is under way then.
  after(() => Promise.all(stops.map((stop) => stop())));
  return useDemo({ ...PLAYED, ...options }, async ({ nodes }) => {
    for (const { server, issuer } of nodes) {
      const traders = startDemoTraders({ baseUrl: server.listeningOrigin, issuer, say: () => {} });
      stops.push(traders.stop);
    }
  });
};
