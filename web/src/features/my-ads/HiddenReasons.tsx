/** Why the market does not show an ad, each reason with its way out and the figures of it. */
import { useMe, useWallet } from "../../data/me.ts";
import { useRule } from "../../data/settings.ts";
import type { OwnAd } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./HiddenReasons.module.css";

type Reason = OwnAd["hidden_reasons"][number];

export const HiddenReasons = ({ ad }: { readonly ad: OwnAd }) => {
  const myAds = useWords("myAds");
  const sentence = useReason(ad);
  const { hidden_reasons: reasons } = ad;
  if (reasons.length === 0) return null;
  const [first] = reasons;
  if (first === "paused" && reasons.length === 1) return <p className={css.paused}>{myAds.hiddenPaused}</p>;
  return (
    <Notice tone="soon" title={myAds.hidden}>
      <ul className={css.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>{sentence(reason)}</li>
        ))}
      </ul>
    </Notice>
  );
};

const useReason = (ad: OwnAd): ((reason: Reason) => string) => {
  const myAds = useWords("myAds");
  const { bare, fiat } = useMoney();
  const withdrawal = useMe().data?.withdrawal;
  const owed = useWallet().data?.owed ?? 0;
  const strikes = useRule("dropped_orders_per_day") ?? 0;
  return (reason) => {
    switch (reason) {
      case "paused":
        return myAds.hiddenPaused;
      case "used_up":
        return myAds.hiddenUsedUp({ left: bare(ad.remaining_amount), min: bare(ad.min_amount) });
      case "balance":
        return myAds.hiddenBalance({ balance: bare(ad.available_amount), min: bare(ad.min_amount) });
      case "min_deposit": {
        const { required = 0, deposited = 0 } = withdrawal?.min_deposit ?? {};
        return myAds.hiddenDeposit({ required: fiat(required), deposited: bare(deposited) });
      }
      case "wagering": {
        const { required = 0, wagered = 0 } = withdrawal?.wagering ?? {};
        return myAds.hiddenWagering({ left: bare(required - wagered), required: bare(required) });
      }
      case "strikes":
        return myAds.hiddenStrikes({ n: strikes });
      case "suspended":
        return owed > 0 ? myAds.hiddenOwed({ owed: bare(owed) }) : myAds.hiddenSuspended;
    }
  };
};
