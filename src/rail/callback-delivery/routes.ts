/** The routes around callbacks: answers that come later, and deliveries that failed. */
import type { RailDeps } from "../deps.ts";
import { registerCallbackRoutes } from "./callbacks-routes.ts";
import { registerDeliveriesRoutes } from "./deliveries-routes.ts";

export const registerCallbackDeliveryRoutes = (deps: RailDeps): void => {
  registerCallbackRoutes(deps);
  registerDeliveriesRoutes(deps);
};
