/**
 * The rail's rows. Gates: the quota of the bank that writes, the phone of an alias and of every order that names it, and
 * a link order's own row.
 */
import { letters } from "../../deliveries/index.ts";
import type { AnyTable } from "../../engine/index.ts";
import { payers, quotas, trials } from "./budgets.ts";
import { externalIds, links, orderDeadlines, orderHistory, orderStates, orders, searches } from "./orders.ts";
import { asksToEnd, bankCodes, keys, participantActs, participants, reach } from "./participants.ts";
import { payments, payRequests } from "./payments.ts";
import { accountPhones, aliasHistory, aliasMoves, phoneChanges, phones } from "./phones.ts";
import { returnRequests, returns } from "./returns.ts";

export * from "./budgets.ts";
export * from "./callbacks.ts";
export * from "./orders.ts";
export * from "./participants.ts";
export * from "./payments.ts";
export * from "./phones.ts";
export * from "./returns.ts";

export const TABLES: readonly AnyTable[] = [
  participants,
  bankCodes,
  keys,
  reach,
  quotas,
  trials,
  payers,
  phones,
  accountPhones,
  aliasMoves,
  orders,
  orderStates,
  externalIds,
  searches,
  links,
  payRequests,
  payments,
  returns,
  returnRequests,
  letters,
];

export const JOURNALS = [participantActs, asksToEnd, aliasHistory, orderHistory, orderDeadlines, phoneChanges] as const;
