/** The one filled button of the room, what is left of the time, and what can be done besides. On a phone it stays in reach. */
import { serverClock } from "../../data/clock.ts";
import type { Order } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./ActionBar.module.css";
import type { Opened } from "./dialog.ts";

type Props = {
  readonly order: Order;
  readonly onOpen: (kind: Opened["kind"]) => void;
  /** The time ran out by the server's clock. */
  readonly onOver: () => void;
};

/** The deadline that runs, and since when. */
const deadlineOf = (order: Order): { readonly until: string; readonly since: string | null } | null => {
  if (order.status === "pending") return { until: order.pay_by, since: order.created_at };
  if (order.status === "paid_by_buyer" && order.release_by !== null) {
    return { until: order.release_by, since: order.paid_at };
  }
  return null;
};

/** What can be done besides, none of it what the page asks for. */
const OTHERS = [
  { action: "confirm-paid", kind: "quiet", opens: "paid", words: "paidByHand" },
  { action: "call-operator", kind: "quiet", opens: "operator", words: "callOperator" },
  { action: "cancel", kind: "danger", opens: "cancel", words: "cancelOrder" },
  { action: "claim", kind: "secondary", opens: "claim", words: "claimButton" },
] as const;

export const ActionBar = ({ order, onOpen, onOver }: Props) => {
  const orderRoom = useWords("orderRoom");
  const { fiat, bare } = useMoney();
  const deadline = deadlineOf(order);
  const can = (action: Order["allowed_actions"][number]) => order.allowed_actions.includes(action);
  const page = can("confirm-paid") ? (order.settlement?.deeplinks_page_url ?? null) : null;
  const primary =
    page !== null ? (
      <a className={buttonClass({ kind: "primary", wide: true })} href={page} target="_blank" rel="noopener noreferrer">
        {orderRoom.railPay}
      </a>
    ) : can("confirm-paid") ? (
      <Button kind="primary" wide onClick={() => onOpen("paid")}>
        {orderRoom.paidButton({ amount: fiat(order.fiat_amount, order.fiat_currency) })}
      </Button>
    ) : can("confirm-received") ? (
      <Button kind="primary" wide onClick={() => onOpen("release")}>
        {orderRoom.releaseButton({ amount: bare(order.usdt_amount) })}
      </Button>
    ) : can("honour") ? (
      <Button kind="primary" wide onClick={() => onOpen("honour")}>
        {orderRoom.honourButton({ amount: bare(order.usdt_amount) })}
      </Button>
    ) : null;
  // Where a bank can pay, to have paid otherwise is the exception.
  const others = OTHERS.filter(({ action }) => can(action) && (action !== "confirm-paid" || page !== null));
  if (deadline === null && primary === null && others.length === 0) return null;
  return (
    <>
      {others.length > 0 && (
        <div className={css.others}>
          {others.map(({ action, kind, opens, words }) => (
            <Button key={action} kind={kind} onClick={() => onOpen(opens)}>
              {orderRoom[words]}
            </Button>
          ))}
        </div>
      )}
      {(deadline !== null || primary !== null) && (
        <div className={css.bar}>
          {deadline !== null && (
            <p className={css.time}>
              <Countdown until={deadline.until} since={deadline.since} clock={serverClock} onOver={onOver} />
            </p>
          )}
          {primary}
        </div>
      )}
    </>
  );
};
