/** A maker's own ads. */
import { plural } from "./plural.ts";

export const myAds = {
  title: "My ads",
  newAd: "New ad",
  bothTaken: "You have a live ad of each side. Edit one, or pause it to post another.",
  live: "Live",
  pausedAds: "Paused",
  liveAds: "On the market",
  noneLive: "None of your ads is on the market. Switch one on, or post a new one.",
  shown: "On the market:",
  paused: "Paused",
  youSell: "You sell USDT",
  youBuy: "You buy USDT",
  limits: "Limits",
  methods: "Payment",
  time: "Time to pay",
  ad: ({ id }: { id: string }) => `Ad ${id}`,
  leftOf: ({ left, total }: { left: string; total: string }) => `${left} left of ${total}`,
  held: ({ amount }: { amount: string }) => `${amount} in open orders`,
  seen: ({ amount }: { amount: string }) => `Buyers see ${amount}: no more than your balance.`,
  orders: ({ n }: { n: number }) => plural(n, { one: "# open order on it", other: "# open orders on it" }),
  noOrders: "No open order on it",
  order: ({ id }: { id: string }) => `Order ${id}`,
  edit: "Edit",
  editWhat: ({ id }: { id: string }) => `Edit ad ${id}`,
  delete: "Delete",
  deleteWhat: ({ id }: { id: string }) => `Delete ad ${id}`,
  deleteTitle: "Delete this ad?",
  deleteText: "Nobody can take it any more, and it cannot be brought back.",
  deleteOrders: ({ n }: { n: number }) =>
    plural(n, {
      one: "# open order keeps its terms and goes on.",
      other: "# open orders keep their terms and go on.",
    }),
  deleteConfirm: "Delete the ad",
  keep: "Keep it",
  deleted: "The ad is deleted",
  empty: "You have no ad yet",
  emptyText:
    "Say what you sell or buy and at what price. Others come to you, and each order holds the seller's amount until both are done.",
  hidden: "Nobody sees it on the market",
  hiddenPaused: "Nobody sees it while it is paused.",
  hiddenUsedUp: ({ left, min }: { left: string; min: string }) =>
    `${left} left is below the minimum ${min}: set a new total or lower the minimum.`,
  hiddenBalance: ({ balance, min }: { balance: string; min: string }) =>
    `Balance ${balance} is below the minimum ${min}: lower it or top up.`,
  hiddenDeposit: ({ required, deposited }: { required: string; deposited: string }) =>
    `To sell, deposit ${required} first: ${deposited} so far.`,
  hiddenWagering: ({ left, required }: { left: string; required: string }) =>
    `To sell, wager ${left} more: ${required} is required.`,
  hiddenStrikes: ({ n }: { n: number }) =>
    plural(n, {
      one: "You dropped # order within 24 hours: your ads come back by themselves within a day.",
      other: "You dropped # orders within 24 hours: your ads come back by themselves within a day.",
    }),
  hiddenOwed: ({ owed }: { owed: string }) =>
    `You owe ${owed} to buyers: top up, and your ads come back when it is paid.`,
  hiddenSuspended: "An operator stopped you from beginning anything new: ask an operator.",
  sideTaken: "Still paused: you have a live ad of this side.",
  editOther: "Edit the one you have",
};
