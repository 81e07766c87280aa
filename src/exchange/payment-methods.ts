/** HTTP for the catalogue of payment methods. */
import { Type } from "typebox";
import { Choice, Closed, Ref } from "../http/index.ts";
import type { ExchangeDeps } from "./deps.ts";
import { FIELD_KINDS, RAIL_PAYMENT } from "./payment-catalogue.ts";
import { Method } from "./schemas.ts";
import { RAIL_METHOD, type Settings } from "./settings.ts";

const Labels = Closed(
  {
    en: Type.String(),
    ru: Type.String(),
    uk: Type.String(),
  },
  { description: "by language" },
);

const Field = Closed({
  name: Type.String({ description: "the name of the pair in `payment_details`" }),
  labels: Labels,
  kind: Choice(FIELD_KINDS, { description: "how a form may check it; a hint, never a refusal" }),
  required: Type.Boolean(),
});

export const PaymentMethodSchema = Closed(
  { id: Method, labels: Labels, fields: Type.Array(Field) },
  { $id: "PaymentMethod" },
);

/** The rail is among them where somebody can be paid over it. */
const catalogueOf = ({ paymentMethods, fiatCurrencies, rail }: Settings) =>
  fiatCurrencies.some((currency) => rail.currencies.includes(currency))
    ? [...paymentMethods.filter(({ id }) => id !== RAIL_METHOD), RAIL_PAYMENT]
    : [...paymentMethods];

export const registerPaymentMethodRoutes = ({ server, settings }: ExchangeDeps) => {
  const answer = { items: catalogueOf(settings) };
  server.get(
    "/api/v1/p2p/payment-methods",
    {
      config: { access: "public" },
      schema: {
        summary: "The catalogue of payment methods and their fields",
        tags: ["For a front end"],
        response: { 200: Closed({ items: Type.Array(Ref(PaymentMethodSchema)) }) },
      },
    },
    () => answer,
  );
};
