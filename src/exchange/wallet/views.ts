/** Wallets and their movements, for their owner and for the host platform. */
import { type Amount, type Instant, toNumber, toRfc3339 } from "../../kernel/index.ts";

export type PlatformEntry = {
  readonly user_id: string;
  readonly kind: string;
  readonly amount: number;
  readonly external_id: string;
  readonly available: number;
  readonly created_at: string;
};

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

export type WalletSource = {
  readonly available: number;
  readonly inEscrow: number;
  readonly depositedTotal: number;
  readonly wageringRequired: number;
  readonly wagered: number;
};

export const walletView = (wallet: WalletSource) => ({
  available: wallet.available,
  in_escrow: wallet.inEscrow,
  deposited_total: wallet.depositedTotal,
  wagering: { required: wallet.wageringRequired, wagered: wallet.wagered },
});

export type TransferSource = {
  readonly id: number;
  readonly kind: string;
  readonly direction: "in" | "out";
  readonly amount: number;
  readonly balanceAfter: number;
  readonly orderId: number | null;
  readonly externalId: string | null;
  readonly at: Instant;
};

export const transferView = (transfer: TransferSource) => ({
  id: transfer.id,
  kind: transfer.kind,
  direction: transfer.direction,
  amount: transfer.amount,
  balance_after: transfer.balanceAfter,
  order_id: transfer.orderId,
  external_id: transfer.externalId,
  created_at: toRfc3339(transfer.at),
});
