/** Schemas of people as operators see them. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref, ROLES } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { Figure, Time, Units } from "../schemas.ts";
import { StandingSchema } from "../suspension/index.ts";
import { ProfileSchema } from "../traders/index.ts";

export const FoundPersonSchema = Closed(
  {
    profile: Ref(ProfileSchema),
    login: Nullable(Type.String({ description: "null: somebody without an account here" })),
    standing: Ref(StandingSchema),
  },
  { $id: "FoundPerson", description: "Somebody whom an operator looked for." },
);

const Account = Closed({
  login: Nullable(Type.String({ description: "null: somebody of the demo" })),
  roles: Type.Array(Choice(ROLES)),
  second_factor: Type.Boolean(),
  since: Time(),
});

const Debt = Closed({
  order_id: Id<OrderId>(),
  creditor: Closed({ id: Type.String(), name: Nullable(Type.String()) }),
  amount: Units("as it was awarded"),
  outstanding: Units("what is left of it"),
  since: Time(),
});

const Judgement = Closed({
  act: Choice(["suspend", "resume"]),
  by: Type.String({ description: "the operator's name" }),
  reason: Type.String(),
  despite_debt: Type.Boolean({ description: "of `resume`: it was said to be in spite of a debt" }),
  at: Time(),
});

export const PersonSchema = Closed(
  {
    profile: Ref(ProfileSchema),
    account: Nullable(Account),
    standing: Ref(StandingSchema),
    debts: Type.Array(Debt, { description: "what is not paid yet, oldest first, a hundred at most" }),
    strikes: Type.Array(Time(), { description: "those that count now, oldest first" }),
    struck_out_until: Nullable(Time("until then no order is taken, and the ads are hidden")),
    open_disputes: Figure("disputed orders that the person is a party of"),
    judgements: Type.Array(Judgement, { description: "what operators said, newest first, twenty at most" }),
  },
  { $id: "Person", description: "Somebody as operators see them, whatever the name looks like." },
);

export const FoundPeoplePage = CursorPage(Ref(FoundPersonSchema));
