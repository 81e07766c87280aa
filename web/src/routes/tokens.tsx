/** `/me/tokens`: what one's own programs call with. */
import { Tokens } from "../features/tokens/Tokens.tsx";
import { Personal } from "./Personal.tsx";

export const TokensRoute = () => (
  <Personal>
    <Tokens />
  </Personal>
);
