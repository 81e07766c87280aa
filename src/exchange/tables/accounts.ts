/** The exchange's books: an account is guarded by its owner's gate. */
import type { TraderId } from "../../kernel/index.ts";
import { defineLedger } from "../../ledger/index.ts";
import { traders } from "./traders.ts";

export const { accounts, transfers, openBook } = defineLedger("exchange", (owner) => traders.at(owner as TraderId));
