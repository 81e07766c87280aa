/**
 * The rail as its contract describes it, in a few maps and as simply as can be. Written from the contract and not from
 * the code: what both say is tested, what they say differently fails the simulation.
 */
import { completeMove, decideMove, hearNotice, leavePlace, link, object, unlink } from "./rail-model-aliases.ts";
import { createByLink, createByPhone, expire, settleSearch } from "./rail-model-orders.ts";
import { drop, open, pay, settle, silence } from "./rail-model-payments.ts";
import { askForReturn, giveBackMoney, lapseReturn, refuseReturn } from "./rail-model-returns.ts";
import { answer, editBank, endAsk, meetSearchDeadline, settleAsk } from "./rail-model-searches.ts";
import { callerOf, contentOf, type Request, type Sent } from "./rail-requests.ts";
import type { Answer, Prediction, World } from "./rail-world.ts";

const decide = (world: World, request: Request): Answer => {
  switch (request.kind) {
    case "order-by-phone":
      return createByPhone(world, request);
    case "order-by-link":
      return createByLink(world, request);
    case "link":
      return link(world, request);
    case "unlink":
      return unlink(world, request);
    case "answer":
      return answer(world, request);
    case "settle-ask":
      return settleAsk(world, request);
    case "edit-bank":
      return editBank(world, request);
    case "search-deadline":
      return meetSearchDeadline(world, request.search, request.unheard);
    case "end-ask":
      return endAsk(world, request.search, request.bank);
    case "open":
      return open(world, request);
    case "pay":
      return pay(world, request);
    case "settle-payment":
      return settle(world, request);
    case "return":
      return giveBackMoney(world, request);
    case "ask-return":
      return askForReturn(world, request);
    case "refuse-return":
      return refuseReturn(world, request);
    case "lapse-return":
      return lapseReturn(world, request.payment);
    case "complete-move":
      return completeMove(world, request.move);
    case "hear-notice":
      return hearNotice(world, request.move);
    case "decide-move":
      return decideMove(world, request);
    case "object":
      return object(world, request);
    case "silence":
      return silence(world, request.payment);
    case "leave-place":
      return leavePlace(world, request.account, request.phone);
    case "settle-search":
      return settleSearch(world, request.order, request.unavailable);
    case "expire":
      return expire(world, request.order, request.unavailable);
    case "drop":
      return drop(world, request.request);
  }
};

/** What the rail must answer; takes effect at once, so that the order of calls is the order of decisions. */
export const predict = (world: World, sent: Sent): Prediction => {
  const { request, key } = sent;
  if (key === null) return { answer: decide(world, request), replayed: false };
  const place = `${callerOf(request)} ${key}`;
  const first = world.keys.get(place);
  if (first !== undefined)
    return contentOf(first.sent.request) === contentOf(request)
      ? { answer: first.answer, replayed: true }
      : { answer: { code: "IDEMPOTENCY_KEY_REUSED" }, replayed: false };
  const given = decide(world, request);
  // 429 may be sent again as it was.
  if (!("code" in given && given.code === "RATE_LIMITED")) world.keys.set(place, { sent, answer: given });
  return { answer: given, replayed: false };
};
