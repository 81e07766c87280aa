/** The wallet: what is available and what orders hold, debts, what selling asks for, and every movement. */
import { Link } from "@tanstack/react-router";
import { useMe, useWallet } from "../../data/me.ts";
import type { Me, Wallet as WalletOf } from "../../data/types.ts";
import { Amount, useMoney } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge, Notice } from "../../ui/Notice.tsx";
import { Card, Muted, Page, Section, Stack } from "../../ui/Page.tsx";
import { Progress } from "../../ui/Progress.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { Statement } from "./Statement.tsx";
import css from "./Wallet.module.css";

export const Wallet = () => {
  const words = useWords("wallet");
  const me = useMe();
  return (
    <Page title={words.title} narrow>
      <Loaded query={useWallet()} skeleton={<SkeletonLines count={2} height="8rem" />}>
        {(wallet) => (
          <>
            <Balances of={wallet} orders={me.data?.active_orders ?? []} />
            <Debts of={wallet} />
          </>
        )}
      </Loaded>
      <Loaded query={me} skeleton={<SkeletonLines count={1} height="6rem" />}>
        {({ withdrawal }) => <Rule of={withdrawal} />}
      </Loaded>
      <Section title={words.statement}>
        <Statement />
      </Section>
    </Page>
  );
};

type Orders = Me["active_orders"];

const Balances = ({ of, orders }: { readonly of: WalletOf; readonly orders: Orders }) => {
  const { frame } = useText();
  const words = useWords("wallet");
  return (
    <Card>
      <div className={css.balances}>
        <div>
          <h2 className={css.label}>{frame.available}</h2>
          <Amount kopecks={of.available} inUsdt size="large" />
        </div>
        <div>
          <h2 className={css.label}>{words.inEscrow}</h2>
          <Amount kopecks={of.in_escrow} size="large" />
        </div>
      </div>
      {of.in_escrow === 0 ? <Muted>{words.nothingHeld}</Muted> : <Held by={orders} />}
      {of.available === 0 && (
        <Link to="/market" search={{ side: "buy" }} className={buttonClass({ kind: "primary", wide: true })}>
          {words.buy}
        </Link>
      )}
    </Card>
  );
};

/** Orders that are named here; those beyond are on their own page. */
const NAMED = 5;

const Held = ({ by }: { readonly by: Orders }) => {
  const { order } = useText();
  const words = useWords("wallet");
  const selling = by.filter(({ role }) => role === "seller");
  const rest = selling.length - NAMED;
  return (
    <ul className={css.held}>
      {selling.slice(0, NAMED).map(({ order_id, status, usdt_amount }) => (
        <li key={order_id}>
          <Link to="/orders/$orderId" params={{ orderId: String(order_id) }} className={css.order}>
            <span className={css.name}>{order.number({ id: String(order_id) })}</span>
            <Muted>{order[status]}</Muted>
            <span className={css.figure}>
              <Amount kopecks={usdt_amount} />
            </span>
          </Link>
        </li>
      ))}
      {rest > 0 && (
        <li>
          <Link to="/orders" className={css.order}>
            {words.moreOrders({ n: rest })}
          </Link>
        </li>
      )}
    </ul>
  );
};

const Debts = ({ of: { owed, owed_by_others } }: { readonly of: WalletOf }) => {
  const { bare } = useMoney();
  const words = useWords("wallet");
  return (
    <>
      {owed > 0 && (
        <Notice tone="danger" title={words.owedTitle({ amount: bare(owed) })}>
          {words.owedText}
        </Notice>
      )}
      {owed_by_others > 0 && (
        <Notice tone="info" title={words.owedByOthersTitle({ amount: bare(owed_by_others) })}>
          {words.owedByOthersText}
        </Notice>
      )}
    </>
  );
};

/** A bar for each part of the rule that asks for something. */
const Rule = ({ of: { allowed, min_deposit, wagering } }: { readonly of: Me["withdrawal"] }) => {
  const { bare } = useMoney();
  const words = useWords("wallet");
  const figures = (amount: number, required: number) =>
    words.progress({ amount: bare(amount), required: bare(required) });
  return (
    <Section
      title={words.rule}
      beside={<Badge tone={allowed ? "done" : "soon"}>{allowed ? words.allowed : words.notAllowed}</Badge>}
    >
      <Stack>
        {min_deposit.required > 0 && (
          <Progress
            label={words.deposits}
            figures={figures(min_deposit.deposited, min_deposit.required)}
            value={min_deposit.deposited}
            max={min_deposit.required}
          >
            {min_deposit.met
              ? words.met
              : words.depositsLeft({ amount: bare(min_deposit.required - min_deposit.deposited) })}
          </Progress>
        )}
        {wagering.required > 0 && (
          <Progress
            label={words.turnover}
            figures={figures(wagering.wagered, wagering.required)}
            value={wagering.wagered}
            max={wagering.required}
          >
            {wagering.met ? words.met : words.turnoverLeft({ amount: bare(wagering.required - wagering.wagered) })}
          </Progress>
        )}
        <Muted>{words.unlocks}</Muted>
      </Stack>
    </Section>
  );
};
