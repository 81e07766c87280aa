/**
 * The exchange as its contract describes it, in a few maps and as simply as can be. Written from the contract and not
 * from the code: what both say is tested, what they say differently fails the simulation. Amounts are small, so that
 * plain numbers do.
 */
import * as ads from "./model-ads.ts";
import * as claims from "./model-claims.ts";
import * as disputes from "./model-disputes.ts";
import * as orders from "./model-orders.ts";
import * as wallets from "./model-wallets.ts";
import { callerOf, contentOf, type Request, type Sent } from "./requests.ts";
import type { Answer, World } from "./world.ts";

/** `replayed`: which memories gave the answer, the idempotency key's or the external id's; empty when decided now. */
export type Prediction = { readonly answer: Answer; readonly replayed: readonly ("key" | "external")[] };

type Remembered = Prediction & { readonly asked: string };

export type Model = {
  readonly world: World;
  /** What the exchange must answer; takes effect at once, so that the order of calls is the order of decisions. */
  send(sent: Sent): Prediction;
};

/** 400 and 429 may be mended and sent again: no key remembers them. */
const NOT_KEPT = ["VALIDATION_ERROR", "RATE_LIMITED"];

const decide = (world: World, request: Request): Answer => {
  switch (request.kind) {
    case "create-ad":
      return ads.create(world, request);
    case "edit-ad":
      return ads.edit(world, request);
    case "delete-ad":
      return ads.remove(world, request);
    case "create-order":
      return orders.create(world, request);
    case "act":
      return orders.act(world, request);
    case "deadline":
      return orders.meetDeadline(world, request);
    case "assign":
      return disputes.assign(world, request);
    case "resolve":
      return disputes.resolve(world, request);
    case "lift":
      return orders.lift(world, request);
    case "claim":
      return claims.claim(world, request);
    case "honour":
      return claims.honour(world, request);
    case "compensate":
    case "dismiss":
      return claims.decide(world, request);
    case "collect":
      return claims.collect(world, request);
    case "suspend":
    case "resume":
      return claims.suspend(world, request);
    case "credit":
      return wallets.credit(world, request);
    case "debit":
      return wallets.debit(world, request);
    case "wager":
      return wallets.wager(world, request);
  }
};

export const createModel = (world: World): Model => {
  const keys = new Map<string, Remembered>();
  const externals = new Map<string, Remembered>();

  /** The first use of an external id that succeeded is its only one. */
  const once = (request: Request): Prediction => {
    if (!("external" in request)) return { answer: decide(world, request), replayed: [] };
    const [id, asked] = [`${request.kind} ${request.external}`, contentOf(request)];
    const first = externals.get(id);
    if (first?.asked === asked) return { answer: first.answer, replayed: ["external"] };
    if (first !== undefined) return { answer: { code: "EXTERNAL_ID_REUSED" }, replayed: [] };
    const answer = decide(world, request);
    if ("facts" in answer) externals.set(id, { asked, answer, replayed: [] });
    return { answer, replayed: [] };
  };

  return {
    world,
    send({ request, key }) {
      if (key === null) return once(request);
      const [id, asked] = [`${callerOf(request)} ${key}`, JSON.stringify(request)];
      const first = keys.get(id);
      if (first?.asked === asked) return { answer: first.answer, replayed: ["key", ...first.replayed] };
      if (first !== undefined) return { answer: { code: "IDEMPOTENCY_KEY_REUSED" }, replayed: [] };
      const prediction = once(request);
      const kept = "facts" in prediction.answer || !NOT_KEPT.includes(prediction.answer.code);
      if (kept) keys.set(id, { asked, ...prediction });
      return prediction;
    },
  };
};
