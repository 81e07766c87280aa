/**
 * The addresses of the app: each page is a chunk of its own, with its search parameters checked. A page that is not here
 * does not exist; `shell/sections.ts` lists those that have a place in the bars.
 */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { readSearch } from "../features/market/filters.ts";
import { TABS, type Tab } from "../features/operator-disputes/queries.ts";
import { Frame } from "./shell/Frame.tsx";
import { Broken, NotFound } from "./shell/Trouble.tsx";

const root = createRootRoute({
  component: () => (
    <Frame>
      <Outlet />
    </Frame>
  ),
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

const market = createRoute({
  getParentRoute: () => root,
  id: "_market",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("../routes/market.tsx"), "MarketRoute"),
});

const marketPages = [
  createRoute({ getParentRoute: () => market, path: "/" }),
  createRoute({ getParentRoute: () => market, path: "/market" }),
  createRoute({ getParentRoute: () => market, path: "/ads/$adId", staticData: { up: "/market", ownBar: true } }),
] as const;

const orders = [
  createRoute({
    getParentRoute: () => root,
    path: "/orders/$orderId",
    staticData: { up: "/market", ownBar: true },
    component: lazyRouteComponent(() => import("../routes/order.tsx"), "OrderRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/orders/$orderId/chat",
    staticData: { up: "/market", ownBar: true },
    component: lazyRouteComponent(() => import("../routes/order.tsx"), "OrderChatRoute"),
  }),
] as const;

/** A state of the queue that the address names; any other is left out. */
const readQueue = ({ state }: Record<string, unknown>): { readonly state?: Tab } => {
  const tab = TABS.find((one) => one === state);
  return tab === undefined ? {} : { state: tab };
};

const console = [
  createRoute({
    getParentRoute: () => root,
    path: "/operator/disputes",
    validateSearch: readQueue,
    component: lazyRouteComponent(() => import("../routes/operator.tsx"), "DisputesRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/disputes/$orderId",
    staticData: { up: "/operator/disputes" },
    component: lazyRouteComponent(() => import("../routes/operator.tsx"), "CaseRoute"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/operator/ledger",
    component: lazyRouteComponent(() => import("../routes/operator.tsx"), "LedgerRoute"),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([market.addChildren(marketPages), ...orders, ...console]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
