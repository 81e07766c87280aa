/** An ad with the form that takes it: whose it is, terms, amount both ways, method, totals, and one button. */

import type { ParleyError } from "@parley/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
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
import { TermsChanged } from "./TermsChanged.tsx";

type Props = {
  readonly id: number;
  /** In minor units of fiat, from the filter of the market. */
  readonly sum: number | null;
  readonly onStarted: (orderId: number) => void;
  /** Whose ad it is. */
  readonly maker: (ad: Ad) => ReactNode;
  /** Why the reader cannot take it, and the way out. */
  readonly against: (ad: Ad) => ReactNode;
};

export const TakeAd = ({ id, ...rest }: Props) => {
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
      {(ad) => <Taking {...rest} ad={ad} refetch={() => void query.refetch()} />}
    </Loaded>
  );
};

const Taking = ({
  ad,
  sum,
  maker,
  against,
  onStarted,
  refetch,
}: Omit<Props, "id"> & { readonly ad: Ad; readonly refetch: () => void }) => {
  const { common } = useText();
  const take = useWords("take");
  /** The terms that the reader has seen: an order is made of these and no others. */
  const [seen, setSeen] = useState(ad);
  const changed = ad.version !== seen.version;
  const usual = useRule("pay_window");
  const name = ad.maker.name ?? common.nameless;
  const title = ad.type === "sell" ? take.buyTitle({ name }) : take.sellTitle({ name });
  useTitle(title);
  const closed = useClosed(ad);
  const cannot = closed ?? (ad.can_take === false ? against(ad) : null);
  return (
    <div className={css.take}>
      <h2>{title}</h2>
      {maker(ad)}
      {changed ? (
        <TermsChanged before={seen} now={ad} onAgree={() => setSeen(ad)} />
      ) : (
        <Terms ad={ad} minutes={ad.payment_window_minutes ?? usual} />
      )}
      {cannot !== null && (
        <Notice tone="soon" aloud>
          {cannot}
        </Notice>
      )}
      {/* Hidden and not gone: what is written stays. */}
      <div hidden={changed || cannot !== null}>
        <TakeForm
          ad={ad}
          sum={sum}
          minutes={ad.payment_window_minutes ?? usual}
          onStarted={onStarted}
          onStale={refetch}
        />
      </div>
    </div>
  );
};

const Terms = ({ ad, minutes }: { readonly ad: Ad; readonly minutes: number | null }) => {
  const { common } = useText();
  const take = useWords("take");
  const { limit } = useMoney();
  return (
    <>
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
          <p className={css.instructions} dir="auto">
            {ad.instructions}
          </p>
        </Notice>
      )}
    </>
  );
};

/** Why nobody may take it now; null where it is open. Whatever concerns the maker is nobody's business. */
const useClosed = (ad: Ad): string | null => {
  const take = useWords("take");
  const { bare } = useMoney();
  if (ad.status !== "active") return take.paused;
  if (ad.remaining_amount < ad.min_amount)
    return take.usedUp({ left: bare(ad.remaining_amount), min: bare(ad.min_amount) });
  return ad.orderable ? null : take.unavailable;
};
