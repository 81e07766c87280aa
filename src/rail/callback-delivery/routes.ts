/** HTTP for what is told, both ways. */
import type { RailDeps } from "../deps.ts";
import { registerCallbackRoutes } from "./callbacks-routes.ts";
import { registerDeliveriesRoutes } from "./deliveries-routes.ts";

export const registerSendingRoutes = (deps: RailDeps): void => {
  registerCallbackRoutes(deps);
  registerDeliveriesRoutes(deps);
};
