/** Wallets and their movements, for their owner and for the host platform. */
import type { AnswerOf } from "../../http/index.ts";
import { type Amount, type Instant, toNumber, toRfc3339 } from "../../kernel/index.ts";
import type { Transfer } from "../../ledger/index.ts";
import type { Trader } from "../tables/index.ts";
import type { PlatformEntrySchema, TransferSchema, WagerEntrySchema, WalletSchema } from "./schemas.ts";

export type PlatformEntry = AnswerOf<typeof PlatformEntrySchema>;
export type WagerEntry = AnswerOf<typeof WagerEntrySchema>;

export const platformEntry = (entry: {
  readonly traderId: string;
  readonly kind: string;
  readonly amount: Amount;
  readonly externalId: string;
  readonly balance: Amount;
  readonly at: Instant;
}): PlatformEntry => ({
  user_id: entry.traderId,
  kind: entry.kind,
  amount: toNumber(entry.amount),
  external_id: entry.externalId,
  available: toNumber(entry.balance),
  created_at: toRfc3339(entry.at),
});

export type WalletSource = Pick<Trader, "depositedTotal" | "wageringRequired" | "wagered" | "owed"> & {
  readonly available: Amount;
  readonly owedByOthers: Amount;
  readonly inEscrow: Amount;
};

export const walletView = (wallet: WalletSource): AnswerOf<typeof WalletSchema> => ({
  available: toNumber(wallet.available),
  in_escrow: toNumber(wallet.inEscrow),
  owed: toNumber(wallet.owed),
  owed_by_others: toNumber(wallet.owedByOthers),
  deposited_total: toNumber(wallet.depositedTotal),
  wagering: wageringView(wallet),
});

type Wagering = Pick<Trader, "wageringRequired" | "wagered">;

export const wageringView = ({ wageringRequired, wagered }: Wagering): AnswerOf<typeof WalletSchema>["wagering"] => ({
  required: toNumber(wageringRequired),
  wagered: toNumber(wagered),
});

export type TransferSource = Pick<Transfer, "kind" | "amount" | "orderId" | "externalId" | "at"> & {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly balanceAfter: number;
};

export const transferView = (transfer: TransferSource): AnswerOf<typeof TransferSchema> => ({
  id: transfer.id,
  kind: transfer.kind,
  direction: transfer.direction,
  amount: toNumber(transfer.amount),
  balance_after: transfer.balanceAfter,
  order_id: transfer.orderId,
  external_id: transfer.externalId,
  created_at: toRfc3339(transfer.at),
});
