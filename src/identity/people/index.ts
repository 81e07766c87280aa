/** People who come in by accounts of ours: signing up, in and out, and who somebody is. */
export { registerAccountRoutes } from "./account-routes.ts";
export { createAccounts } from "./accounts.ts";
export { makeInvite } from "./invite.ts";
export { loginOf, MAX_LOGIN } from "./logins.ts";
export { dropReset, forgetResets, makeReset } from "./reset.ts";
export { changeRole, findPerson } from "./roles.ts";
export { registerPeopleRoutes } from "./routes.ts";
export { SessionDocument } from "./schemas.ts";
