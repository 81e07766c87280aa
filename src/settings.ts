/** The configuration as the exchange's rules. */
import type { Config } from "./config.ts";
import { DEFAULT_SETTINGS, type Settings } from "./exchange/index.ts";
import { amount, MINUTE } from "./kernel/index.ts";

export const settingsOf = (config: Config): Settings => ({
  ...DEFAULT_SETTINGS,
  fiatCurrencies: config.fiatCurrencies,
  payWindowMs: config.payWindowMinutes * MINUTE,
  releaseWindowMs: config.releaseWindowMinutes * MINUTE,
  minDeposit: amount(config.minDeposit),
  wageringMultiplier: BigInt(config.wageringMultiplier),
});
