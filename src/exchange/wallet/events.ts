/** What a trader is told of the wallet outside a trade. */
import type { Event } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";

export const walletMoved = (traderId: TraderId): Event => ({ type: "wallet.updated", to: [traderId], data: {} });
