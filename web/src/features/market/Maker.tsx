/** Who made an ad, and the record in words: never a percentage of nothing. */

import { serverClock } from "../../data/clock.ts";
import { useSession } from "../../data/session.ts";
import type { Ad } from "../../data/types.ts";
import { isHere, timeAgo } from "../../kernel/time.ts";
import { Avatar, isNewcomer, PersonLink, Stars } from "../../ui/Person.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import css from "./Maker.module.css";

export const Maker = ({ ad }: { readonly ad: Ad }) => {
  const { common, market } = useText();
  const language = useLanguage();
  const { maker } = ad;
  // In the demo alone: whoever wants to try a trade has to know who moves.
  const isPlayed = useSession().document?.demo_traders.includes(maker.id) ?? false;
  const now = serverClock.now();
  const median = ad.type === "sell" ? maker.median_release_seconds : maker.median_pay_seconds;
  const minutes = median === null ? null : String(Math.max(1, Math.round(median / 60)));
  const facts = isNewcomer(maker)
    ? [market.newHere]
    : [
        common.orders({ n: maker.orders_count }),
        maker.completion_rate_30d === null
          ? null
          : market.completion({ percent: String(Math.floor(maker.completion_rate_30d * 100)) }),
        minutes === null ? null : ad.type === "sell" ? market.releases({ n: minutes }) : market.pays({ n: minutes }),
      ].filter((fact) => fact !== null);
  return (
    <div className={css.maker}>
      <Avatar of={maker} />
      <div className={css.words}>
        <span className={css.line}>
          <span className={css.name}>
            <PersonLink of={maker} />
          </span>
          <Stars rating={maker.rating} count={maker.ratings_count} />
          {isPlayed || isHere(maker.last_seen_at, now) ? (
            <span className={css.here}>{isPlayed ? market.simulated : market.lastSeenNow}</span>
          ) : (
            <span className={css.seen}>{market.lastSeen({ ago: timeAgo(maker.last_seen_at, now, language) })}</span>
          )}
        </span>
        <span className={css.facts}>{facts.join(" · ")}</span>
      </div>
    </div>
  );
};
