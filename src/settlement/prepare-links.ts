/** Makes the link that a trade is paid by, or says why there can be none. */
import type { Payable } from "../exchange/index.ts";
import type { SettlementDeps } from "./deps.ts";
import { externalIdOf } from "./trade.ts";

/** In one round. */
const AT_ONCE = 50;

type PrepareDeps = Pick<SettlementDeps, "exchange" | "rail" | "mode">;

export const createPrepareLinks = ({ exchange, rail, mode }: PrepareDeps): (() => Promise<void>) => {
  const prepare = async ({ id, phone, fiatAmount, fiatCurrency, payBy }: Payable): Promise<void> => {
    const link = await rail.trades.createLink({
      mode,
      phone,
      externalId: externalIdOf(id),
      amount: fiatAmount,
      currency: fiatCurrency,
      purpose: `Order ${id}`,
      expiresAt: payBy,
    });
    await exchange.settling.settle(
      link.kind === "made"
        ? { orderId: id, action: "payment-link", facts: { deeplinksPageUrl: link.url, qrCode: link.qrCode } }
        : { orderId: id, action: "payment-failed", facts: { reason: link.reason } },
    );
  };

  return async () => {
    for (;;) {
      const waiting = await exchange.settling.toPrepare(AT_ONCE);
      if (waiting.length > 0) await rail.trades.join(mode);
      await Promise.all(waiting.map(prepare));
      if (waiting.length < AT_ONCE) return;
    }
  };
};
