/** What details of somebody who is paid over the rail have to say. Routes ask it: for commands they are ciphertext. */
import type { Refusal } from "../kernel/index.ts";
import type { PaymentDetails } from "./details-cipher.ts";
import { invalid } from "./issues.ts";
import { RAIL_METHOD, type Settings } from "./settings.ts";

/** Nothing is said of what a request leaves as it is. Whether the phone leads anywhere, the rail is asked for each order. */
export const refuseRailDetails = (
  methods: readonly string[] | undefined,
  details: PaymentDetails | undefined,
  { rail }: Settings,
): Refusal<"VALIDATION_ERROR"> | undefined => {
  if (methods?.includes(RAIL_METHOD) !== true || details === undefined) return undefined;
  if (rail.phonePattern.test(details.phone ?? "")) return undefined;
  return invalid({
    pointer: "/payment_details/phone",
    message: "the method rail pays to a phone that is linked to a bank account: give it as in +380501234567",
  });
};
