/** `/me`: one's own page. */
import { lazy } from "react";
import { Choices } from "../features/choices/Choices.tsx";
import { ForStaff } from "../features/console/ForStaff.tsx";
import { MePage } from "../features/me/MePage.tsx";
import { Personal } from "./Personal.tsx";

const ConsoleBar = lazy(async () => ({ default: (await import("../features/console/ConsoleNav.tsx")).ConsoleBar }));

/** A phone's way into the console, which has no place in the bar at its foot. */
export const MeRoute = () => (
  <Personal>
    <ForStaff>
      <ConsoleBar />
    </ForStaff>
    <MePage choices={<Choices />} />
  </Personal>
);
