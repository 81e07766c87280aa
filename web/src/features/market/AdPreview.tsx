/** An ad as a card of the market that cannot be pressed: what its maker sees before others do. */
import type { Ad } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { useText } from "../../ui/text.tsx";
import { AdFacts } from "./AdFacts.tsx";
import css from "./AdPreview.module.css";
import { Maker } from "./Maker.tsx";

export const AdPreview = ({ ad }: { readonly ad: Ad }) => {
  const { market } = useText();
  return (
    <div className={css.card}>
      <AdFacts ad={ad} />
      <Maker ad={ad} />
      {ad.instructions.trim() !== "" && (
        <p className={css.instructions} dir="auto">
          {ad.instructions}
        </p>
      )}
      <span className={buttonClass({ wide: true })} aria-hidden="true">
        {ad.type === "sell" ? market.openBuy : market.openSell}
      </span>
    </div>
  );
};
