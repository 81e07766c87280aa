/** People who come in by accounts of ours: signing up, in and out, and who somebody is. */
export { registerPeopleRoutes } from "./routes.ts";
export { SessionDocument } from "./schemas.ts";
