/** Schema of the caller's own data that a front end shows on every page. */
import { Type } from "typebox";
import { Choice, Closed, Id, Nullable, Ref, ROLES as TOKEN_ROLES } from "../../http/index.ts";
import type { AdId, OrderId } from "../../kernel/index.ts";
import { OrderStatus, PARTY_ACTIONS, PARTY_CLAIM_ACTIONS, Role } from "../orders/index.ts";
import { Currency, Figure, Method, Time, Units } from "../schemas.ts";
import { ProfileSchema } from "../traders/index.ts";

export const OrderBriefSchema = Closed(
  {
    order_id: Id<OrderId>(),
    ad_id: Id<AdId>(),
    status: OrderStatus,
    role: Role,
    side: Nullable(Choice(["deposit", "withdraw"], { description: "for the taker" })),
    counterparty: Closed({ id: Type.String(), name: Nullable(Type.String()) }),
    usdt_amount: Units("in kopecks"),
    fiat_amount: Units("in minor units of the fiat currency"),
    fiat_currency: Currency,
    payment_method: Method,
    unread: Figure("lines"),
    waits_for: Choice(["me", "other", "operator"]),
    action: Nullable(
      Choice([...PARTY_ACTIONS, ...PARTY_CLAIM_ACTIONS], {
        description: "what the caller is to do; null unless it waits for the caller",
      }),
    ),
    until: Nullable(Time("when the clock acts; null where no deadline runs")),
  },
  { $id: "OrderBrief", description: "An order of the caller's that is open or claimed, in short." },
);

const rule = (what: string) => ({
  required: Figure(what),
  met: Type.Boolean(),
});

export const MeSchema = Closed(
  {
    profile: Ref(ProfileSchema),
    roles: Type.Array(Choice(TOKEN_ROLES), { description: "of the token that was sent" }),
    unread_total: Figure("unread lines of the chats that are open: of open orders, and of those that ended lately"),
    notifications_unread: Figure("what happened to the caller's orders and was not seen; at most 100"),
    your_turn: Type.Array(Ref(OrderBriefSchema), {
      description:
        "what waits for the caller, the most urgent first: open orders, and claims that the caller may honour",
    }),
    active_orders: Type.Array(Ref(OrderBriefSchema), { description: "open orders, newest first, at most 100" }),
    open_deposit_order: Nullable(Id<OrderId>("the order that keeps the caller from another deposit")),
    open_withdraw_order: Nullable(Id<OrderId>("the order that keeps the caller from another withdrawal")),
    cancels_left: Figure("orders that the caller may still drop before none is given"),
    withdrawal: Closed(
      {
        allowed: Type.Boolean(),
        min_deposit: Closed({ ...rule("completed deposits"), deposited: Figure("so far") }),
        wagering: Closed({ ...rule("turnover"), wagered: Figure("so far") }),
      },
      { description: "the rules that a seller meets" },
    ),
    second_factor: Closed({ enabled: Type.Boolean() }),
    server_time: Time("what `until` is counted from"),
  },
  { $id: "Me" },
);
