/**
 * A first trade, step by step, in the demo alone: a strip that says what to do now, by the state of the order itself. It is
 * no page and holds nobody up; closed, it does not come back.
 */
import { Link, useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { counterpartyOf } from "../../data/orders.ts";
import { useSession } from "../../data/session.ts";
import type { Order } from "../../data/types.ts";
import { IconButton } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Hidden } from "../../ui/Notice.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./FirstTrade.module.css";
import { doneOf, type Place, type Side, STEPS } from "./steps.ts";
import { type FirstTrade as Guided, useFirstTrade } from "./useFirstTrade.ts";

/** Whose first trade, and which. Operators have other things to do. */
export const FirstTrade = () => {
  const { person, document } = useSession();
  if (person === null || document.demo_traders.length === 0 || person.roles.length > 0) return null;
  const part = document.demo.find((one) => one.person === person.id)?.part;
  const side: Side = part === "seller" ? "sell" : "buy";
  return <Guide key={`${person.id} ${side}`} side={side} personId={person.id} played={document.demo_traders} />;
};

type GuideProps = { readonly side: Side; readonly personId: string; readonly played: readonly string[] };

const Guide = ({ side, personId, played }: GuideProps) => {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const guided = useFirstTrade(side, personId, path);
  if (guided === null) return null;
  const isThere = guided.order !== null && isOrderPath(path, guided.order.id);
  // Another order is open, or the trade is over and its reader has gone on.
  if (!isThere && (path.startsWith("/orders/") || guided.place === "finished")) return null;
  return <Strip side={side} guided={guided} isThere={isThere} played={played} />;
};

const isOrderPath = (path: string, id: number): boolean =>
  path === `/orders/${id}` || path.startsWith(`/orders/${id}/`);

type StripProps = Pick<GuideProps, "side" | "played"> & { readonly guided: Guided; readonly isThere: boolean };

const Strip = ({ side, guided, isThere, played }: StripProps) => {
  const words = useWords("firstTrade");
  const { place, order, close } = guided;
  const steps = STEPS[side];
  const done = doneOf(side, place);
  const current = steps[done];
  return (
    <section className={css.strip} aria-label={words.title}>
      <div className={css.head}>
        <p className={css.title}>
          {current === undefined
            ? words.finishedTitle
            : words.at({ step: String(done + 1), of: String(steps.length), name: words[`${current}Name`] })}
        </p>
        <IconButton icon="close" label={words.close} onClick={close} />
      </div>
      <ol className={css.steps}>
        {steps.map((step, index) => (
          <li
            key={step}
            className={index < done ? css.done : index === done ? css.now : css.next}
            aria-current={index === done ? "step" : undefined}
          >
            <span className={css.dot} aria-hidden="true">
              {index < done && <Icon name="check" />}
            </span>
            <span className={css.name}>
              {words[`${step}Name`]}
              {index < done && <Hidden> {words.done}</Hidden>}
            </span>
          </li>
        ))}
      </ol>
      <p className={css.text} role="status">
        <Text side={side} place={place} order={order} played={played} />
      </p>
      <Way side={side} place={place} order={order} isThere={isThere} />
    </section>
  );
};

type TextProps = {
  readonly side: Side;
  readonly place: Place;
  readonly order: Order | null;
  readonly played: readonly string[];
};

const Text = ({ side, place, order, played }: TextProps): ReactNode => {
  const words = useWords("firstTrade");
  const other = order === null ? null : counterpartyOf(order);
  const name = other === null ? "" : <Name of={other} />;
  switch (place) {
    case "choose":
      return side === "buy" ? words.chooseBuy : words.chooseSell;
    case "start":
      return side === "buy" ? words.startBuy : words.startSell;
    case "pay":
      return order?.settlement?.deeplinks_page_url ? words.payOverRail : words.pay;
    case "wait":
      if (other !== null && !played.includes(other.id)) return <Say of={words.waitPerson} with={{ name }} />;
      return <Say of={side === "buy" ? words.waitBuy : words.waitSell} with={{ name }} />;
    case "rate":
      return <Say of={words.rate} with={{ name }} />;
    default:
      return words[place];
  }
};

/** To where the step is done, for who is elsewhere. */
const Way = ({ side, place, order, isThere }: Omit<TextProps, "played"> & { readonly isThere: boolean }) => {
  const words = useWords("firstTrade");
  const isAtMarket = useRouterState({
    select: ({ location: { pathname, search } }) =>
      (pathname === "/" || pathname === "/market") && (search.side ?? "buy") === side,
  });
  if (order !== null && order.status !== "cancelled") {
    if (isThere) return null;
    return (
      <Link to="/orders/$orderId" params={{ orderId: String(order.id) }} className={css.way}>
        {words.toOrder}
      </Link>
    );
  }
  if (place !== "choose" || isAtMarket) return null;
  return (
    <Link to="/market" search={{ side }} className={css.way}>
      {side === "buy" ? words.toBuy : words.toSell}
    </Link>
  );
};
