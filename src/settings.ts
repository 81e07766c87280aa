/** Turns the configuration into the settings that the rules of both systems take. */
import type { Config } from "./config.ts";
import { DEFAULT_SETTINGS, type Settings } from "./exchange/index.ts";
import { amount, HOUR, MINUTE, SECOND } from "./kernel/index.ts";
import { DEFAULT_RAIL_SETTINGS, type RailSettings } from "./rail/index.ts";

export const settingsOf = (config: Config): Settings => ({
  ...DEFAULT_SETTINGS,
  fiatCurrencies: config.fiatCurrencies,
  paymentMethods: config.paymentMethods,
  rail: { currencies: config.railCurrencies, phonePattern: new RegExp(config.railPhonePattern) },
  payWindowMs: config.payWindowMinutes * MINUTE,
  releaseWindowMs: config.releaseWindowMinutes * MINUTE,
  minDeposit: amount(config.minDeposit),
  minOrderAmount: amount(config.minOrderAmount),
  rateBands: config.rateBands,
  wageringMultiplier: BigInt(config.wageringMultiplier),
  bonusWageringMultiplier: BigInt(config.bonusWageringMultiplier),
});

export const railSettingsOf = (config: Config): RailSettings => ({
  ...DEFAULT_RAIL_SETTINGS,
  phonePattern: new RegExp(config.railPhonePattern),
  currencies: config.railCurrencies,
  aliasMoveHoldMs: { sandbox: 0, production: config.aliasMoveHoldHours * HOUR },
  searchAckMs: config.searchAckSeconds * SECOND,
  callsPer10Seconds: config.railCallsPer10Seconds,
  guessesPer10Seconds: config.bounds.rates.anonymous,
  privateCallbacks: config.railPrivateCallbacks,
});
