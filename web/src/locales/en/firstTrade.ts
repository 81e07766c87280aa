/** The guide through a first trade, in the demo. What it quotes are the words of the pages themselves. */
import { market } from "./market.ts";
import { orderRoom } from "./orderRoom.ts";
import { take } from "./take.ts";

export const firstTrade = {
  title: "Your first trade",
  at: ({ step, of, name }: { step: string; of: string; name: string }) => `Step ${step} of ${of}: ${name}`,
  done: "– done",
  close: "Close the guide",
  chooseName: "choose an ad",
  startName: "start the order",
  payName: "pay",
  waitName: "wait",
  releaseName: "release",
  rateName: "rate",
  finishedTitle: "Your first trade is done",
  chooseBuy: `Nothing is real here. Press “${market.openBuy}” at an ad that says “${market.simulated}”.`,
  chooseSell: `Nothing is real here. Press “${market.openSell}” at an ad that says “${market.simulated}”.`,
  startBuy: `Press “${take.min}” for the smallest sum, choose a payment method, and press “${take.start}”.`,
  startSell: `Press “${take.min}” for the smallest sum, make up a card number, and press “${take.start}”.`,
  pay: `Here you would pay in your bank's app. Nothing is real, so pay nothing: press “${orderRoom.paidButton({ amount: "…" })}”, tick the box and confirm.`,
  payOverRail: `Nothing is real here: press “${orderRoom.railPay}”, choose a made-up bank, and press its button. The banks do the rest.`,
  waitBuy: ({ name }: { name: string }) => `${name} looks at the account and releases the amount: some seconds.`,
  waitSell: ({ name }: { name: string }) => `${name} pays and says so: some seconds.`,
  waitPerson: ({ name }: { name: string }) =>
    `${name} is a person here: nobody answers unless somebody is ${name} in another window.`,
  release: `Here you would look into your bank's app. Nothing is real: press “${orderRoom.releaseButton({ amount: "…" })}”, tick all three and confirm.`,
  rate: ({ name }: { name: string }) => `The amount has moved. Give ${name} stars and press “${orderRoom.rateSend}”.`,
  finished: "That was a whole trade. For its other side, open a second window and be somebody else there.",
  disputed: "An operator decides now. In another window, that may be you, as Olga.",
  toOrder: "To the order",
  toBuy: "To the ads to buy from",
  toSell: "To the ads to sell to",
};
