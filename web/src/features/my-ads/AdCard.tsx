/** One of one's own ads: its terms, what is left of it, who is on it, whether the market shows it and why not. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMe } from "../../data/me.ts";
import { useAct } from "../../data/mutations.ts";
import { putOwnAd } from "../../data/own-ads.ts";
import { useMethods, useRule } from "../../data/settings.ts";
import type { Failure, OrderBrief, OwnAd } from "../../data/types.ts";
import { Amount, Rate } from "../../ui/Amount.tsx";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Choice.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Card } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./AdCard.module.css";
import { DeleteDialog } from "./DeleteDialog.tsx";
import { HiddenReasons } from "./HiddenReasons.tsx";
import { setStatus } from "./queries.ts";
import { Remainder } from "./Remainder.tsx";

/** The open orders on an ad, as every page knows them. */
const useOrdersOn = (id: number): readonly OrderBrief[] =>
  (useMe().data?.active_orders ?? []).filter(({ ad_id }) => ad_id === id);

export const AdCard = ({ ad }: { readonly ad: OwnAd }) => {
  const myAds = useWords("myAds");
  const orders = useOrdersOn(ad.id);
  const [deleting, setDeleting] = useState(false);
  const id = String(ad.id);
  return (
    <Card>
      <div className={css.head}>
        <div>
          <h3>{ad.type === "sell" ? myAds.youSell : myAds.youBuy}</h3>
          <p className={css.rate}>
            <Rate rate={ad.exchange_rate} currency={ad.fiat_currency} />
          </p>
        </div>
        <LiveSwitch ad={ad} />
      </div>
      <HiddenReasons ad={ad} />
      <Remainder ad={ad} held={orders.reduce((sum, { usdt_amount }) => sum + usdt_amount, 0)} />
      <Terms ad={ad} />
      <Orders orders={orders} />
      <div className={css.acts}>
        <Link
          to="/my-ads/$adId/edit"
          params={{ adId: id }}
          className={buttonClass({ small: true })}
          aria-label={myAds.editWhat({ id })}
        >
          <span className={css.face}>
            <Icon name="edit" />
            {myAds.edit}
          </span>
        </Link>
        <Button
          kind="danger"
          small
          icon="trash"
          aria-label={myAds.deleteWhat({ id })}
          onClick={() => setDeleting(true)}
        >
          {myAds.delete}
        </Button>
      </div>
      {deleting && <DeleteDialog ad={ad} orders={orders.length} onClose={() => setDeleting(false)} />}
    </Card>
  );
};

/** Shows the ad or hides it; where the server refuses, the switch stays and says why. */
const LiveSwitch = ({ ad }: { readonly ad: OwnAd }) => {
  const { common } = useText();
  const myAds = useWords("myAds");
  const act = useAct({ send: setStatus, onDone: putOwnAd });
  const live = ad.status === "active";
  const word = act.state === "idle" ? (live ? myAds.live : myAds.paused) : common.sending;
  return (
    <div className={css.switch}>
      <Switch checked={live} word={word} onChange={(on) => act.submit({ id: ad.id, status: on ? "active" : "paused" })}>
        <span className={css.hidden}>{myAds.shown}</span>
      </Switch>
      <StatusRefused failure={act.failure} />
    </div>
  );
};

const StatusRefused = ({ failure }: { readonly failure: Failure | null }) => {
  const myAds = useWords("myAds");
  if (failure?.code !== "DUPLICATE_AD_TYPE") return <Refused error={failure} />;
  const { ad_id } = (failure.details ?? {}) as { readonly ad_id?: number };
  return (
    <Notice tone="soon" aloud>
      {myAds.sideTaken}{" "}
      {ad_id !== undefined && (
        <Link to="/my-ads/$adId/edit" params={{ adId: String(ad_id) }}>
          {myAds.editOther}
        </Link>
      )}
    </Notice>
  );
};

const Terms = ({ ad }: { readonly ad: OwnAd }) => {
  const { common } = useText();
  const myAds = useWords("myAds");
  const methods = useMethods();
  const usual = useRule("pay_window");
  const minutes = ad.payment_window_minutes ?? usual;
  return (
    <dl className={css.terms}>
      <div>
        <dt>{myAds.limits}</dt>
        <dd>
          <Amount kopecks={ad.min_amount} round /> – <Amount kopecks={ad.max_amount} inUsdt round />
        </dd>
      </div>
      <div>
        <dt>{myAds.methods}</dt>
        <dd>{ad.payment_methods.map(methods.label).join(", ")}</dd>
      </div>
      {minutes !== null && (
        <div>
          <dt>{myAds.time}</dt>
          <dd>{common.minutes({ n: minutes })}</dd>
        </div>
      )}
    </dl>
  );
};

/** So many links stand on a card; the list of orders has the rest. */
const LINKS = 3;

const Orders = ({ orders }: { readonly orders: readonly OrderBrief[] }) => {
  const myAds = useWords("myAds");
  if (orders.length === 0) return <p className={css.none}>{myAds.noOrders}</p>;
  return (
    <p className={css.orders}>
      <Link to="/orders">{myAds.orders({ n: orders.length })}</Link>
      {orders.slice(0, LINKS).map(({ order_id }) => (
        <Link key={order_id} to="/orders/$orderId" params={{ orderId: String(order_id) }}>
          {myAds.order({ id: String(order_id) })}
        </Link>
      ))}
    </p>
  );
};
