/**
 * The addresses of the app: each page is a chunk of its own, with its search parameters checked. A page that is not here
 * does not exist; `shell/sections.ts` lists those that have a place in the bars.
 */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { host } from "../data/host.ts";
import { orderQuery } from "../data/orders.ts";
import { queryClient } from "../data/query.ts";
import { methodsQuery, settingsQuery } from "../data/settings.ts";
import { EMBED_PATH } from "../embed/frame.ts";
import { readSearch, withDefaults } from "../features/market/filters.ts";
import { marketQuery } from "../features/market/queries.ts";
import { PANES, type Pane } from "../features/operator-case/pane.ts";
import { TABS, type Tab } from "../features/operator-disputes/queries.ts";
import { TABS as ORDER_TABS, type Tab as OrderTab } from "../features/orders/queries.ts";
import { loadWords, type Subject } from "../locales/index.ts";
import { MarketRoute } from "../routes/market.tsx";
import { Toasts } from "../ui/Toasts.tsx";
import { spokenLanguage } from "./language.ts";
import { ORDER_WORDS } from "./opened.ts";
import { Frame } from "./shell/Frame.tsx";
import { Broken, NotFound } from "./shell/Trouble.tsx";

/** A page and the words that only it needs: they come together, so that it does not wait twice. */
const page = <Name extends string, Page extends (props: never) => ReactNode>(
  load: () => Promise<{ readonly [Export in Name]: Page }>,
  name: Name,
  ...subjects: readonly Subject[]
) =>
  lazyRouteComponent(async () => {
    const language = spokenLanguage();
    const [routes] = await Promise.all([load(), ...subjects.map((subject) => loadWords(language, subject))]);
    return routes;
  }, name);

const root = createRootRoute({
  component: () => (
    <Toasts>
      <Frame>
        <Outlet />
      </Frame>
    </Toasts>
  ),
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

const market = createRoute({
  getParentRoute: () => root,
  id: "_market",
  validateSearch: readSearch,
  loaderDeps: ({ search }) => search,
  // Asked for with the page's own code, and when a finger comes near a link.
  loader: ({ deps }) => {
    void queryClient.prefetchInfiniteQuery(marketQuery(withDefaults(deps)));
    void queryClient.prefetchQuery(settingsQuery);
    void queryClient.prefetchQuery(methodsQuery);
  },
  component: MarketRoute,
});

const marketPages = [
  createRoute({ getParentRoute: () => market, path: "/" }),
  createRoute({ getParentRoute: () => market, path: "/market" }),
  createRoute({
    getParentRoute: () => market,
    path: "/ads/$adId",
    staticData: { up: "/market", ownBar: true },
    component: page(() => import("../routes/ad.tsx"), "AdRoute", "take"),
  }),
] as const;

/** Which orders the address names. */
const readOrders = ({ tab }: Record<string, unknown>): { readonly tab?: OrderTab } => {
  const found = ORDER_TABS.find((one) => one === tab);
  return found === undefined ? {} : { tab: found };
};

/** Which chat is open beside the list. */
const readChat = ({ order }: Record<string, unknown>): { readonly order?: number } => {
  const id = Number(order);
  return Number.isSafeInteger(id) && id > 0 ? { order: id } : {};
};

/** What a link that somebody was given bears: an invitation, or the right to a new password. */
const readCode = (name: "invite" | "code", search: Record<string, unknown>): string | undefined => {
  const value = search[name];
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value) ? value : undefined;
};

const readSignUp = (search: Record<string, unknown>): { readonly back?: string; readonly invite?: string } => {
  const invite = readCode("invite", search);
  return { ...readBack(search), ...(invite !== undefined && { invite }) };
};

const readRecover = (search: Record<string, unknown>): { readonly code?: string } => {
  const code = readCode("code", search);
  return code === undefined ? {} : { code };
};

/** Where to go when somebody has come in: a path of our own, so that no link signs people in and leads them away. */
const readBack = ({ back }: Record<string, unknown>): { readonly back?: string } =>
  typeof back === "string" && /^\/(?![/\\])/.test(back) ? { back } : {};

const orders = [
  createRoute({
    getParentRoute: () => root,
    path: "/orders",
    validateSearch: readOrders,
    component: page(() => import("../routes/orders.tsx"), "OrdersRoute", "people"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/chats",
    validateSearch: readChat,
    component: page(() => import("../routes/chats.tsx"), "ChatsRoute", "people", "chat"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/wallet",
    staticData: { up: "/me" },
    component: page(() => import("../routes/wallet.tsx"), "WalletRoute", "wallet"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/help/how-it-works",
    staticData: { up: "/market" },
    component: page(() => import("../routes/help.tsx"), "HowItWorksRoute", "help"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/help/safety",
    staticData: { up: "/market" },
    component: page(() => import("../routes/help.tsx"), "SafetyRoute", "help"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/me",
    component: page(() => import("../routes/me.tsx"), "MeRoute", "people"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/me/notifications",
    staticData: { up: "/me" },
    component: page(() => import("../routes/notifications.tsx"), "NotificationsRoute", "notices"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/me/tokens",
    staticData: { up: "/me" },
    component: page(() => import("../routes/tokens.tsx"), "TokensRoute", "tokens"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/me/security",
    staticData: { up: "/me" },
    component: page(() => import("../routes/security.tsx"), "SecurityRoute", "security"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in",
    validateSearch: readBack,
    staticData: { up: "/market" },
    component: page(() => import("../routes/sign-in.tsx"), "SignInRoute", "people", "security"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-in/second-factor",
    validateSearch: readBack,
    staticData: { up: "/market" },
    component: page(() => import("../routes/sign-in.tsx"), "SecondStepRoute", "people", "security"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sign-up",
    validateSearch: readSignUp,
    staticData: { up: "/market" },
    component: page(() => import("../routes/sign-in.tsx"), "SignUpRoute", "people", "security"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/recover",
    validateSearch: readRecover,
    staticData: { up: "/market" },
    component: page(() => import("../routes/sign-in.tsx"), "RecoverRoute", "people", "security"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/orders/$orderId",
    loader: ({ params }) => void queryClient.prefetchQuery(orderQuery(Number(params.orderId))),
    staticData: { up: "/orders", ownBar: true },
    component: page(() => import("../routes/order.tsx"), "OrderRoute", ...ORDER_WORDS),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/orders/$orderId/chat",
    staticData: { up: "/orders", ownBar: true },
    component: page(() => import("../routes/order.tsx"), "OrderChatRoute", "chat"),
  }),
] as const;

/** On a phone the editor is three steps: the browser's own "back" goes a step back. */
const readStep = ({ step }: Record<string, unknown>): { readonly step?: 2 | 3 } =>
  step === 2 || step === 3 ? { step } : {};

const ads = [
  createRoute({
    getParentRoute: () => root,
    path: "/my-ads",
    component: page(() => import("../routes/my-ads.tsx"), "MyAdsRoute", "myAds"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/my-ads/new",
    validateSearch: readStep,
    staticData: { up: "/my-ads", ownBar: true },
    component: page(() => import("../routes/ad-editor.tsx"), "NewAdRoute", "adEditor"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/my-ads/$adId/edit",
    validateSearch: readStep,
    staticData: { up: "/my-ads", ownBar: true },
    component: page(() => import("../routes/ad-editor.tsx"), "EditAdRoute", "adEditor"),
  }),
] as const;

const people = [
  createRoute({
    getParentRoute: () => root,
    path: "/people/$personId",
    staticData: { up: "/market" },
    component: page(() => import("../routes/person.tsx"), "PersonRoute", "profile"),
  }),
] as const;

/** A state of the queue that the address names; any other is left out. */
const readQueue = ({ state }: Record<string, unknown>): { readonly state?: Tab } => {
  const tab = TABS.find((one) => one === state);
  return tab === undefined ? {} : { state: tab };
};

/** Which part of a case is looked at, where not all of it has room. */
const readPane = ({ pane }: Record<string, unknown>): { readonly pane?: Pane } => {
  const found = PANES.find((one) => one === pane);
  return found === undefined ? {} : { pane: found };
};

/** Whom an operator looks for. */
const readAsked = ({ query }: Record<string, unknown>): { readonly query?: string } => {
  // A name of digits alone is read as a number.
  const asked = typeof query === "number" ? String(query) : query;
  return typeof asked === "string" && asked.trim() !== "" ? { query: asked.trim() } : {};
};

/** Whose money it is about. */
const readUser = ({ user }: Record<string, unknown>): { readonly user?: string } =>
  typeof user === "string" && /^[!-~]{1,64}$/.test(user) ? { user } : {};

const console = [
  createRoute({
    getParentRoute: () => root,
    path: "/operator/disputes",
    validateSearch: readQueue,
    component: page(() => import("../routes/operator.tsx"), "DisputesRoute", "operator", "orderRoom"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/disputes/$orderId",
    validateSearch: readPane,
    staticData: { up: "/operator/disputes" },
    component: page(() => import("../routes/operator.tsx"), "CaseRoute", "operator", "orderRoom"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/people",
    validateSearch: readAsked,
    component: page(() => import("../routes/operator-people.tsx"), "PeopleRoute", "operator", "operatorPeople"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/people/$personId",
    staticData: { up: "/operator/people" },
    component: page(() => import("../routes/operator-people.tsx"), "PersonRoute", "operator", "operatorPeople"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/ledger",
    component: page(() => import("../routes/operator.tsx"), "LedgerRoute", "operator"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/rail",
    component: page(() => import("../routes/operator-rail.tsx"), "RailRoute", "operator", "operatorRail"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/money",
    validateSearch: readUser,
    component: page(() => import("../routes/operator-money.tsx"), "MoneyRoute", "operator", "operatorMoney"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([market.addChildren(marketPages), ...orders, ...ads, ...people, ...console]),
  basepath: host === null ? "/" : EMBED_PATH,
  defaultPreload: "intent",
  scrollRestoration: true,
  // What no page has checked is nowhere: a page reads its own parameters, and they are what its check made of them.
  search: { strict: true },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
