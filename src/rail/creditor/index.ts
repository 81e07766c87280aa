/** Who is it that I am paying: the creditor's bank says so to the payer's, and to nobody between them. */
export { registerCreditorRoutes } from "./routes.ts";
