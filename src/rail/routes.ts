/** Everything that the rail serves over HTTP on its own listener. */
import type { Server } from "../http/index.ts";
import { registerBookRoutes } from "./aliases/book-routes.ts";
import { registerMoveRoutes } from "./aliases/moves-routes.ts";
import { registerAliasRoutes } from "./aliases/routes.ts";
import { registerLimitRoutes } from "./budgets/routes.ts";
import { registerCallbackDeliveryRoutes } from "./callback-delivery/routes.ts";
import { registerCreditorRoutes } from "./creditor/index.ts";
import type { RailDeps } from "./deps.ts";
import { registerOrderRoutes } from "./orders/routes.ts";
import { registerPageRoutes } from "./page/index.ts";
import { registerMaintenanceRoutes } from "./participants/maintenance-routes.ts";
import { registerParticipantRoutes } from "./participants/routes.ts";
import { registerPaymentRoutes } from "./pay-requests/payment-routes.ts";
import { registerPayRequestRoutes } from "./pay-requests/routes.ts";
import { registerRegisterRoutes } from "./register/index.ts";
import { registerReturnRoutes } from "./returns/routes.ts";
import { COMPONENTS } from "./schemas.ts";
import { listedType } from "./signed-requests/index.ts";

export const registerRailRoutes = (deps: RailDeps): void => {
  for (const component of COMPONENTS) deps.server.addSchema(component);
  registerTokenBodies(deps.server);
  registerParticipantRoutes(deps);
  registerMaintenanceRoutes(deps);
  registerOrderRoutes(deps);
  registerCreditorRoutes(deps);
  registerLimitRoutes(deps);
  registerAliasRoutes(deps);
  registerMoveRoutes(deps);
  registerBookRoutes(deps);
  registerPayRequestRoutes(deps);
  registerPaymentRoutes(deps);
  registerReturnRoutes(deps);
  registerRegisterRoutes(deps);
  registerPageRoutes(deps);
  registerCallbackDeliveryRoutes(deps);
};

const UNLISTED_TYPE = "application/octet-stream";

/** Bodies are taken as raw bytes, whatever their type: the signatures are checked before the content. */
const registerTokenBodies = (server: Server): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, bytes, done) => done(null, bytes));
  // Fastify would otherwise reject an invalid media type before the signatures are checked.
  server.addHook("onRequest", ({ headers }, _reply, done) => {
    const given = headers["content-type"];
    if (given !== undefined) headers["content-type"] = listedType(given) ?? UNLISTED_TYPE;
    done();
  });
};
