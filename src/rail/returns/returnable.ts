/** What of a payment can be returned, and the rows that whoever returns it or asks for it names. */
import type { Ref } from "../../engine/index.ts";
import { gateOf, orderStates, type Payment, payments, returnRequests } from "../tables/index.ts";

export const remainingOf = ({ amount, returned }: Payment): bigint => amount - returned;

export const onPayment = ({
  guid,
  orderGuid,
  phoneHash,
}: Pick<Payment, "guid" | "orderGuid" | "phoneHash">): readonly Ref[] => [
  gateOf({ guid: orderGuid, phoneHash }),
  payments.at(guid),
  orderStates.at(orderGuid),
  returnRequests.at(guid),
];
