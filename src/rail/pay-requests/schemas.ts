/** Pay requests and payments as banks read them. */
import { Type } from "typebox";
import { Choice, Closed } from "../../http/index.ts";
import type { AsWritten } from "../json.ts";
import { Amount, Guid, PaymentStatus, Time } from "../schemas.ts";

const reason = Type.Optional(
  Choice(["EXPIRED", "ALIAS_CHANGED", "REJECTED", "ALREADY_PAID", "REPLACED", "PAYMENT_FAILED"], {
    description:
      "why it failed: the order is over, the phone leads elsewhere, no receiver was found, another bank paid first, " +
      "you opened another one, the creditor's bank says that no money came",
  }),
);
const Account = (description: string) => Closed({ account: Type.String({ description }) });
const Late = Type.Boolean({
  description: "true: the order was over, or the phone had moved; the creditor's bank decides",
});

/** What the payer's client must see before it pays stands here, so that nobody has to read the order for it. */
export const PayRequestAnswer = Closed({
  guid: Guid,
  order_guid: Guid,
  status: PaymentStatus,
  reason,
  creditor: Type.Optional(Account("where to pay, while it may be paid")),
  amount: Type.Optional(Amount),
  currency: Type.String(),
  purpose: Type.String(),
  expires_at: Type.String({ description: "as the order's bank wrote it; RFC 3339" }),
});

export const AnnouncedAnswer = Closed({ guid: Guid, status: PaymentStatus, late: Type.Optional(Late) });

export const PaymentComponent = Closed(
  {
    guid: Guid,
    order_guid: Guid,
    order_external_id: Type.Optional(Type.String({ description: "where the order is yours" })),
    payment_message_external_id: Type.String({ description: "of the payer's bank" }),
    status: PaymentStatus,
    reason: Type.Optional(
      Type.String({
        description: "why it failed, by the creditor's bank; `CREDITOR_BANK_SILENT`: it could not be told of it yet",
      }),
    ),
    late: Late,
    amount: Amount,
    currency: Type.String(),
    purpose: Type.String(),
    debtor: Account("the payer's"),
    creditor: Account("the receiver's"),
    returned: Type.Unsafe<AsWritten>({ type: "number", minimum: 0, description: "of its amount" }),
    created_at: Time,
    completed_at: Type.Optional(Time),
  },
  { $id: "Payment", description: "money that a payer's bank says it has sent" },
);
