/** What is left of an ad's total, as a bar and in words: free, held by open orders, gone. */
import type { OwnAd } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Remainder.module.css";

type Props = {
  readonly ad: OwnAd;
  /** In open orders. */
  readonly held: number;
};

const share = (part: number, whole: number): string => `${Math.min(100, (100 * part) / whole)}%`;

export const Remainder = ({ ad, held }: Props) => {
  const myAds = useWords("myAds");
  const { bare } = useMoney();
  const { remaining_amount: left, total_amount: total, available_amount: available } = ad;
  return (
    <div className={css.remainder}>
      <p className={css.words}>
        <strong>{myAds.leftOf({ left: bare(left), total: bare(total) })}</strong>
        {held > 0 && <span className={css.held}>{myAds.held({ amount: bare(held) })}</span>}
      </p>
      <div className={css.bar} aria-hidden="true">
        <span className={css.free} style={{ width: share(left, total) }} />
        <span className={css.inOrders} style={{ width: share(held, total) }} />
      </div>
      {available < left && available >= ad.min_amount && (
        <p className={css.note}>{myAds.seen({ amount: bare(available) })}</p>
      )}
    </div>
  );
};
