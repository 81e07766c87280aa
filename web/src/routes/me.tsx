/** `/me`: one's own page. */
import { Choices } from "../features/choices/Choices.tsx";
import { MePage } from "../features/me/MePage.tsx";
import { Personal } from "./Personal.tsx";

export const MeRoute = () => (
  <Personal>
    <MePage choices={<Choices />} />
  </Personal>
);
