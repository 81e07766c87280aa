/** The books of a day: what each bank paid, got and returned, and what it has more or less of for it. */
export { registerRegisterRoutes } from "./routes.ts";
