/** `/operator/rail`: the banks, for both kinds of operator. */
import { Rail } from "../features/operator-rail/Rail.tsx";
import { Operators } from "./Operators.tsx";

export const RailRoute = () => (
  <Operators roles={["operator", "rail_operator"]}>
    <Rail />
  </Operators>
);
