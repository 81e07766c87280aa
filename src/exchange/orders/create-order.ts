/** A taker answers an ad; in the same transaction the seller's amount moves into the order's own escrow account. */
import type { State } from "../../engine/index.ts";
import { isRefusal, plus } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { lineAdded, withNextLine } from "../chat/index.ts";
import { defineCommand } from "../command.ts";
import { moneyMoved } from "../money-moved.ts";
import type { Settings } from "../settings.ts";
import {
  type Ad,
  accounts,
  activeAds,
  ads,
  type Order,
  openBook,
  orderDeadlines,
  orderHistory,
  orderStates,
  orders,
  SEQUENCES,
  settlements,
  traders,
} from "../tables/index.ts";
import { withOpenOrder } from "../traders/index.ts";
import { type CheckedOrder, CREATE_REFUSALS, type CreateOrder, checkOrder, partiesOf } from "./check-order.ts";
import { holdEscrow } from "./escrow.ts";
import { orderUpdated } from "./events.ts";
import { historyOf } from "./history.ts";
import { newState, termsOf } from "./new-order.ts";
import { newSettlement } from "./settlement.ts";
import { type OrderDocument, orderDocument } from "./views.ts";

export type { CreateOrder } from "./check-order.ts";

export const createOrder = (settings: Settings) =>
  defineCommand<CreateOrder, OrderDocument>()({
    name: "create-order",
    refuses: CREATE_REFUSALS,
    draws: [SEQUENCES.orders],
    changes: [ads, accounts],
    route: ({ adId }) => [ads.at(adId)],
    needs({ adId, takerId }, routes) {
      const ad = routes.get(ads.at(adId));
      if (ad === undefined) return [traders.at(takerId)];
      const { sellerId } = partiesOf(ad, takerId);
      return [
        traders.at(takerId),
        traders.at(ad.makerId),
        ads.at(adId),
        accounts.at(availableAccount(sellerId)),
        ...(sellerId === takerId ? [activeAds.of(traders.at(takerId))] : []),
      ];
    },
    decide(state, input, { now, id }) {
      const checked = checkOrder(state, input, settings, now);
      if (isRefusal(checked)) return checked;
      const order = termsOf(id(SEQUENCES.orders) as Order["id"], input, checked, settings, now);
      return openOrder(state, checked, order);
    },
  });

/** Everything that a new order changes. */
const openOrder = (state: State, { ad, maker, taker }: CheckedOrder, order: Order) => {
  const { createdAt: now, sellerId } = order;
  const book = openBook(state);
  const opened = withNextLine({ ...newState(order), ...holdEscrow(book, order) }, now);
  const filled: Ad = { ...ad, openAmount: plus(ad.openAmount, order.usdtAmount) };
  const occupied = withOpenOrder(taker, ad.type, order.id);
  const takerSells = sellerId === taker.id;
  const settlement = newSettlement(order);
  const parties = takerSells ? { buyer: maker, seller: occupied } : { buyer: occupied, seller: maker };
  return {
    result: orderDocument({ order, state: opened, role: takerSells ? "seller" : "buyer", ...parties, settlement }, now),
    writes: [
      orders.insert(order),
      orderStates.insert(opened),
      ...(settlement === null ? [] : [settlements.insert(settlement)]),
      orderHistory.append(historyOf(opened, "create", taker.id, now)),
      orderDeadlines.append({ orderId: order.id, dueAt: order.payBy }),
      ads.update(filled),
      traders.update(occupied),
      ...book.writes(now),
    ],
    events: [
      orderUpdated(opened, {
        action: "create",
        by: takerSells ? "seller" : "buyer",
        at: now,
        settlement: settlement?.state,
      }),
      lineAdded(opened, "system"),
      moneyMoved(book, sellerId, { orderId: order.id, kind: "escrow_hold", amount: order.usdtAmount }),
    ],
  };
};
