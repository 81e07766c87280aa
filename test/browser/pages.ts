/**
 * Every page of the web app, once: who sees it and where it is. Pictures, axe, the width of a phone and the console are
 * held against this list, so that a page that is added here is looked at in every theme, size and language.
 */
import type { BrowserContext, Page } from "playwright-core";
import type { World } from "./world.ts";

export type PageEntry = {
  /** Of its pictures. */
  readonly name: string;
  readonly path: (world: World) => string;
  /** One of the demo's people; null for a visitor. */
  readonly person: string | null;
  /** Whether the demo's guide through a first trade is there; on all other pages it was closed. */
  readonly guided?: true;
  /** What is there when it is all there; the heading unless said otherwise. */
  readonly ready?: (page: Page) => Promise<void>;
};

/** An ad has its heading before it has come. */
const withAd = (page: Page): Promise<void> => page.getByRole("radio").first().waitFor();

/** The step at which the guide is; an order and the editor have steps of their own. */
const guide = (page: Page) =>
  page
    .getByRole("region", { name: /^Your first trade|^Ваша первая сделка|^Ваша перша угода/ })
    .locator("li[aria-current=step]");

/** The guide is for who has not closed it, in any browser. */
export const closeGuide = (context: BrowserContext): Promise<unknown> =>
  context.addInitScript(() => {
    // A blank page has nothing to remember.
    if (location.protocol === "about:") return;
    for (const side of ["buy", "sell"]) localStorage.setItem(`parley.first-trade.${side}.over`, "true");
  });

export const PAGES: readonly PageEntry[] = [
  { name: "market-visitor", path: () => "/market?side=buy", person: null },
  { name: "market", path: () => "/market?side=buy&amount=500000", person: "vera" },
  { name: "market-sell", path: () => "/market?side=sell", person: "anna" },
  { name: "ad", path: ({ ad }) => `/ads/${ad}`, person: "olga", ready: withAd },
  {
    name: "ad-active-order",
    path: ({ ad }) => `/ads/${ad}`,
    person: "vera",
    ready: (page) => page.getByRole("status").getByText("Open order").waitFor(),
  },
  { name: "ad-visitor", path: ({ ad }) => `/ads/${ad}?amount=1000`, person: null, ready: withAd },
  { name: "order-pending-buyer", path: ({ pendingOrder }) => `/orders/${pendingOrder}`, person: "vera" },
  { name: "order-pending-seller", path: ({ pendingOrder }) => `/orders/${pendingOrder}`, person: "anna" },
  { name: "order-paid-seller", path: ({ paidOrder }) => `/orders/${paidOrder}`, person: "anna" },
  { name: "order-completed", path: ({ completedOrder }) => `/orders/${completedOrder}`, person: "vera" },
  { name: "order-disputed", path: ({ disputedOrder }) => `/orders/${disputedOrder}`, person: "anna" },
  { name: "order-claimed-seller", path: ({ claimedOrder }) => `/orders/${claimedOrder}`, person: "anna" },
  { name: "order-chat", path: ({ pendingOrder }) => `/orders/${pendingOrder}/chat`, person: "vera" },
  { name: "orders", path: () => "/orders", person: "anna" },
  { name: "orders-finished", path: () => "/orders?tab=finished", person: "anna" },
  { name: "chats", path: () => "/chats", person: "anna" },
  { name: "my-ads", path: () => "/my-ads", person: "anna" },
  { name: "my-ads-empty", path: () => "/my-ads", person: "vera" },
  { name: "ad-new", path: () => "/my-ads/new", person: "vera" },
  { name: "ad-new-amounts", path: () => "/my-ads/new?step=2", person: "vera" },
  { name: "ad-new-payment", path: () => "/my-ads/new?step=3", person: "vera" },
  { name: "ad-new-taken", path: () => "/my-ads/new", person: "anna" },
  { name: "ad-edit", path: ({ ad }) => `/my-ads/${ad}/edit`, person: "anna" },
  { name: "ad-edit-payment", path: ({ ad }) => `/my-ads/${ad}/edit?step=3`, person: "anna" },
  { name: "wallet", path: () => "/wallet", person: "anna" },
  { name: "wallet-empty", path: () => "/wallet", person: "olga" },
  { name: "notifications", path: () => "/me/notifications", person: "anna" },
  {
    name: "bell",
    path: () => "/orders",
    person: "anna",
    ready: async (page) => {
      await page.getByRole("button", { name: /^Notifications|^Уведомления|^Сповіщення/ }).click();
      await page.getByRole("dialog").getByRole("listitem").first().waitFor();
    },
  },
  { name: "person", path: () => "/people/anna", person: "vera" },
  { name: "person-visitor", path: () => "/people/daria", person: null },
  { name: "person-own", path: () => "/people/vera", person: "vera" },
  { name: "person-nobody", path: () => "/people/no-such", person: "vera" },
  { name: "me", path: () => "/me", person: "vera" },
  { name: "tokens", path: () => "/me/tokens", person: "anna" },
  { name: "tokens-empty", path: () => "/me/tokens", person: "vera" },
  {
    name: "token-new",
    path: () => "/me/tokens",
    person: "vera",
    async ready(page) {
      await page.getByRole("main").getByRole("button").first().click();
      await page.getByRole("dialog").getByRole("radio").last().check();
      await page.getByRole("dialog").getByRole("alert").waitFor();
    },
  },
  { name: "security", path: () => "/me/security", person: "vera" },
  { name: "help-how", path: () => "/help/how-it-works", person: null },
  { name: "help-safety", path: () => "/help/safety", person: null },
  { name: "sign-in", path: () => "/sign-in", person: null },
  { name: "sign-in-second-step", path: () => "/sign-in/second-factor", person: null },
  { name: "sign-up", path: () => "/sign-up", person: null },
  { name: "recover-ask", path: () => "/recover", person: null },
  { name: "recover", path: () => "/recover?code=x", person: null },
  { name: "operator-disputes", path: () => "/operator/disputes", person: "olga" },
  { name: "operator-case", path: ({ disputedOrder }) => `/operator/disputes/${disputedOrder}`, person: "olga" },
  {
    name: "operator-case-story",
    path: ({ disputedOrder }) => `/operator/disputes/${disputedOrder}?pane=story`,
    person: "olga",
  },
  {
    name: "operator-case-decision",
    path: ({ disputedOrder }) => `/operator/disputes/${disputedOrder}?pane=decision`,
    person: "olga",
  },
  { name: "operator-case-claim", path: ({ claimedOrder }) => `/operator/disputes/${claimedOrder}`, person: "olga" },
  { name: "operator-case-none", path: () => "/operator/disputes/987654321", person: "olga" },
  { name: "operator-people", path: () => "/operator/people?query=an", person: "olga" },
  { name: "operator-stopped", path: () => "/operator/people", person: "olga" },
  { name: "operator-person", path: () => "/operator/people/igor", person: "olga" },
  { name: "operator-rail", path: () => "/operator/rail", person: "olga" },
  {
    name: "operator-rail-install",
    path: () => "/operator/rail",
    person: "olga",
    async ready(page) {
      await page.getByRole("main").getByRole("button").last().click();
      await page.getByRole("dialog").getByRole("radio").first().waitFor();
    },
  },
  { name: "operator-money", path: () => "/operator/money?user=igor", person: "olga" },
  { name: "operator-ledger", path: () => "/operator/ledger", person: "olga" },
  {
    name: "guide-choose",
    path: () => "/market?side=sell",
    person: "anna",
    guided: true,
    ready: (page) => guide(page).waitFor(),
  },
  {
    name: "guide-pay",
    path: ({ pendingOrder }) => `/orders/${pendingOrder}`,
    person: "vera",
    guided: true,
    ready: (page) => guide(page).waitFor(),
  },
  { name: "nowhere", path: () => "/no/such/page", person: null },
];

/** Waits until a page has what it shows. */
export const whenReady = async (page: Page, { ready }: PageEntry): Promise<void> => {
  await page.getByRole("heading").first().waitFor();
  await ready?.(page);
  // Skeletons say that something is still on its way.
  await page.locator("[aria-busy=true]").first().waitFor({ state: "hidden" });
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
};
