/** A person's public page. */
import { plural } from "./plural.ts";

export const profile = {
  own: "This is your public page, as others see it.",
  since: ({ day }: { day: string }) => `Here since ${day}`,
  traded: ({ n }: { n: number }) => plural(n, { one: "You traded # time", other: "You traded # times" }),
  neverTraded: "You have not traded with each other yet",
  record: "Track record",
  completed: "Completed in 30 days",
  orders: "Orders",
  partners: "Different people",
  rating: "Rating",
  release: "Releases",
  usuallyReleases: ({ n }: { n: string }) => `usually within ${n} min`,
  pay: "Pays",
  usuallyPays: ({ n }: { n: string }) => `usually within ${n} min`,
  none: "nothing yet",
  isNew: "New here",
  isNewText: "So few orders say little of anybody. Begin with a small amount.",
  ads: "On the market",
  noAds: "No ad on the market now.",
  reviews: "What others said",
  noReviews: "Nobody has left a word yet.",
  notFound: "There is no such person",
  notFoundText: "The address may be mistyped.",
  toMarket: "To the market",
};
