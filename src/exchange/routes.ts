/** Everything that the exchange serves over HTTP. */
import { registerAdRoutes } from "./ads/routes.ts";
import { registerChatRoutes } from "./chat/routes.ts";
import { COMPONENTS } from "./components.ts";
import type { ExchangeDeps } from "./deps.ts";
import { registerDisputeRoutes } from "./disputes/routes.ts";
import { registerDossierRoutes } from "./dossier/routes.ts";
import { FrameComponent } from "./events.ts";
import { registerLiveRoutes } from "./live/routes.ts";
import { registerMarketRoutes } from "./market/routes.ts";
import { registerOrderRoutes } from "./orders/routes.ts";
import { registerRatingRoutes } from "./ratings/routes.ts";
import { registerSessionRoutes } from "./sessions/routes.ts";
import { registerSettingsRoutes } from "./settings-routes.ts";
import { registerSuspensionRoutes } from "./suspension/routes.ts";
import { registerWalletRoutes } from "./wallet/routes.ts";
import { registerWebhookRoutes } from "./webhooks/routes.ts";

export const registerExchangeRoutes = (deps: ExchangeDeps): void => {
  for (const component of [...COMPONENTS, FrameComponent]) deps.server.addSchema(component);
  registerMarketRoutes(deps);
  registerAdRoutes(deps);
  registerOrderRoutes(deps);
  registerWalletRoutes(deps);
  registerChatRoutes(deps);
  registerSessionRoutes(deps);
  registerRatingRoutes(deps);
  registerDisputeRoutes(deps);
  registerSuspensionRoutes(deps);
  registerDossierRoutes(deps);
  registerLiveRoutes(deps);
  registerWebhookRoutes(deps);
  registerSettingsRoutes(deps);
};
