/** Ads of one person as cards, each with the way in or the reason why there is none; the first that leads in is filled. */
import type { Ad } from "../../data/types.ts";
import { useText } from "../../ui/text.tsx";
import css from "./AdCards.module.css";
import { AdFacts } from "./AdFacts.tsx";
import { WayIn } from "./AdList.tsx";
import { sideFor } from "./filters.ts";

export const AdCards = ({ ads }: { readonly ads: readonly Ad[] }) => {
  const { market } = useText();
  const first = ads.find(({ can_take }) => can_take !== false);
  return (
    <ul className={css.cards}>
      {ads.map((ad) => (
        <li key={ad.id} className={css.card}>
          <h3>{ad.type === "sell" ? market.theySell : market.theyBuy}</h3>
          <AdFacts ad={ad} />
          <WayIn ad={ad} side={sideFor(ad.type)} kind={ad === first ? "primary" : "secondary"} />
        </li>
      ))}
    </ul>
  );
};
