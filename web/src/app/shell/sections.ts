/** The sections that exist, in the order of the bars: a section is listed when its page is there. */

import type { Catalogue } from "../../locales/index.ts";
import type { IconName } from "../../ui/Icon.tsx";

export type Section = {
  readonly to: "/market" | "/orders" | "/chats" | "/my-ads" | "/wallet" | "/me";
  readonly icon: IconName;
  readonly word: (text: Catalogue) => string;
  /** Only for who is signed in. */
  readonly personal?: boolean;
  /** In the bottom bar of a phone, which has room for five. */
  readonly inBar?: boolean;
  /** For `g` and this letter. */
  readonly key?: string;
  /** Paths that belong to it beside its own. */
  readonly also?: readonly string[];
  /** How many wait there. */
  readonly count?: "orders" | "chats";
};

export const SECTIONS: readonly Section[] = [
  {
    to: "/market",
    icon: "market",
    word: ({ frame }) => frame.market,
    inBar: true,
    key: "m",
    also: ["/ads"],
  },
  {
    to: "/orders",
    icon: "orders",
    word: ({ frame }) => frame.orders,
    personal: true,
    inBar: true,
    key: "o",
    count: "orders",
  },
  {
    to: "/chats",
    icon: "chats",
    word: ({ frame }) => frame.chats,
    personal: true,
    inBar: true,
    key: "c",
    count: "chats",
  },
  {
    to: "/my-ads",
    icon: "ads",
    word: ({ frame }) => frame.myAds,
    personal: true,
    inBar: true,
    key: "a",
  },
  { to: "/wallet", icon: "wallet", word: ({ frame }) => frame.wallet, personal: true },
  { to: "/me", icon: "me", word: ({ frame }) => frame.me, personal: true, inBar: true },
];

/** Whether a path lies in a section. */
export const isIn = ({ to, also = [] }: Section, path: string): boolean =>
  [to, ...also].some((start) => path === start || path.startsWith(`${start}/`)) || (to === "/market" && path === "/");
