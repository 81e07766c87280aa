/** Schemas of ads: what a maker sends, and what everybody is shown. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref, Text } from "../../http/index.ts";
import type { AdId } from "../../kernel/index.ts";
import { Currency, Details, Figure, Method, Time, Units } from "../schemas.ts";
import { LIMITS } from "../settings.ts";
import { AD_STATUSES, AD_TYPES } from "../tables/index.ts";
import { ProfileSchema } from "../traders/index.ts";
import { TAKING_REASONS } from "./taking.ts";

export const AdType = Choice(AD_TYPES, { description: "sell: the maker sells USDT; buy: the maker buys it" });

const adMembers = {
  id: Id<AdId>(),
  type: AdType,
  status: Choice(AD_STATUSES),
  version: Type.Integer({ minimum: 1, description: "counts changes of the terms" }),
  fiat_currency: Currency,
  exchange_rate: Type.Integer({ description: "minor units of fiat for 100 balance units; 100 is one to one" }),
  min_amount: Units("least that an order may take"),
  max_amount: Units("most that an order may take"),
  total_amount: Units("what the ad offers in all"),
  remaining_amount: Figure("of the total, neither held by open orders nor released"),
  available_amount: Figure("the remainder; on a sell ad no more than the maker's available balance"),
  payment_methods: Type.Array(Method),
  instructions: Type.String(),
  payment_window_minutes: Nullable(Type.Integer()),
  created_at: Time(),
  maker: Ref(ProfileSchema),
};

const Reason = Closed({
  reason: Choice(TAKING_REASONS),
  details: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.Integer(), Type.String()]), {
      description: "the figures that lead out of it, as the refused order would say them",
    }),
  ),
});

export const AdSchema = Closed(
  {
    ...adMembers,
    orderable: Type.Boolean({ description: "whether the market shows it, so that somebody may order of it" }),
    can_take: Type.Optional(
      Type.Boolean({ description: "with a token: whether the caller may order the least that it gives" }),
    ),
    reasons: Type.Optional(Type.Array(Reason, { description: "with a token: why not; empty when the caller may" })),
  },
  { $id: "Ad", description: "A standing offer as the market shows it." },
);

const HIDDEN_REASONS = ["paused", "used_up", "balance", "min_deposit", "wagering", "strikes", "suspended"] as const;
export type HiddenReason = (typeof HIDDEN_REASONS)[number];

export const OwnAdSchema = Closed(
  {
    ...adMembers,
    payment_details: Type.Record(Type.String(), Type.String()),
    hidden_reasons: Type.Array(Choice(HIDDEN_REASONS), {
      description: "why the market does not show it; empty when it does",
    }),
  },
  { $id: "OwnAd", description: "An ad as its maker sees it." },
);

const window = LIMITS.paymentWindowMinutes;
const terms = {
  exchange_rate: Type.Optional(
    Type.Integer({
      minimum: LIMITS.exchangeRate.min,
      maximum: LIMITS.exchangeRate.max,
      description: "minor units of fiat for 100 balance units; may be left out for RUB (100)",
    }),
  ),
  total_amount: Type.Optional(Units("what the ad offers in all; the maximum when it is left out")),
  payment_details: Type.Optional(Details),
  instructions: Type.Optional(Text({ maxLength: LIMITS.instructionsCharacters })),
  payment_window_minutes: Type.Optional(
    Type.Unsafe<number | null>({
      type: ["integer", "null"],
      minimum: window.min,
      maximum: window.max,
      description: "null: as long as the platform says",
    }),
  ),
};
const Methods = Type.Array(Method, { minItems: 1, maxItems: LIMITS.paymentMethods });

export const CreateAdBody = Closed(
  {
    type: AdType,
    fiat_currency: Currency,
    min_amount: Units("in kopecks"),
    max_amount: Units("in kopecks"),
    payment_methods: Methods,
    ...terms,
  },
  { $id: "CreateAd" },
);

export const EditAdBody = Closed(
  {
    type: Type.Optional(AdType),
    fiat_currency: Type.Optional(Currency),
    min_amount: Type.Optional(Units("in kopecks")),
    max_amount: Type.Optional(Units("in kopecks")),
    payment_methods: Type.Optional(Methods),
    ...terms,
    status: Type.Optional(Choice(["active", "paused"])),
  },
  { $id: "EditAd" },
);

export const AdPage = CursorPage(Ref(AdSchema));
export const OwnAdPage = CursorPage(Ref(OwnAdSchema));
