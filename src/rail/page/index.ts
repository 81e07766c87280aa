/** The page behind a link order. */
export { registerPageRoutes } from "./routes.ts";
