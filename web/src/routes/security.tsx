/** `/me/security`: what opens one's account, and where it is open. */
import { Security } from "../features/security/Security.tsx";
import { Personal } from "./Personal.tsx";

export const SecurityRoute = () => (
  <Personal>
    <Security />
  </Personal>
);
