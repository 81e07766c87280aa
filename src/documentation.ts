/** What the API's pages say at the top. */
import type { Documentation } from "./http/index.ts";

export const DOCUMENTATION: Documentation = {
  title: "Parley exchange",
  version: "1",
  description:
    "A peer-to-peer exchange with escrow. People post standing ads to buy or sell USDT; answering one makes an order " +
    "and freezes the seller's amount; the seller's confirmation releases it to the buyer. All amounts are kopecks of " +
    "RUB-denominated balance, as integers.",
};
