/** An ad with the form that takes it: terms, amount both ways, method, totals, and one button. */

import type { ParleyError } from "@parley/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRule } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { Rate, useMoney } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { EmptyState, Loaded } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { useTitle } from "../../ui/title.ts";
import { useWords } from "../../ui/words.ts";
import { adQuery } from "./queries.ts";
import css from "./TakeAd.module.css";
import { TakeForm } from "./TakeForm.tsx";

type Props = {
  readonly id: number;
  /** In minor units of fiat, from the filter of the market. */
  readonly sum: number | null;
  readonly onStarted: (orderId: number) => void;
};

export const TakeAd = ({ id, sum, onStarted }: Props) => {
  const take = useWords("take");
  const query = useQuery(adQuery(id));
  return (
    <Loaded
      query={query}
      failed={(error) =>
        (error as Partial<ParleyError>).code === "AD_NOT_FOUND" ? (
          <EmptyState
            icon="ads"
            title={take.gone}
            action={
              <Link to="/market" search={(before) => before} className={buttonClass()}>
                {take.toMarket}
              </Link>
            }
          >
            {take.goneText}
          </EmptyState>
        ) : null
      }
    >
      {(ad) => <Taking ad={ad} sum={sum} onStarted={onStarted} refetch={() => void query.refetch()} />}
    </Loaded>
  );
};

const Taking = ({
  ad,
  sum,
  onStarted,
  refetch,
}: Omit<Props, "id"> & { readonly ad: Ad; readonly refetch: () => void }) => {
  const { common } = useText();
  const take = useWords("take");
  const { limit } = useMoney();
  const usual = useRule("pay_window");
  const name = ad.maker.name ?? common.nameless;
  const title = ad.type === "sell" ? take.buyTitle({ name }) : take.sellTitle({ name });
  useTitle(title);
  const minutes = ad.payment_window_minutes ?? usual;
  return (
    <div className={css.take}>
      <h2>{title}</h2>
      <Rows
        rows={[
          { label: take.price, value: <Rate rate={ad.exchange_rate} currency={ad.fiat_currency} /> },
          { label: take.limits, value: `${limit(ad.min_amount)} – ${limit(ad.max_amount)}` },
          { label: take.left, value: limit(ad.available_amount) },
          ...(minutes === null ? [] : [{ label: take.timeToPay, value: common.minutes({ n: minutes }) }]),
        ]}
      />
      {ad.instructions !== "" && (
        <Notice title={take.instructions}>
          <p className={css.instructions}>{ad.instructions}</p>
        </Notice>
      )}
      {ad.status === "active" ? (
        <TakeForm ad={ad} sum={sum} minutes={minutes} onStarted={onStarted} onStale={refetch} />
      ) : (
        <Notice tone="soon">{take.paused}</Notice>
      )}
    </div>
  );
};
