/** An ad as a card of the market that cannot be pressed: what its maker sees before others do. */
import type { ReactNode } from "react";
import type { Ad } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { useText } from "../../ui/text.tsx";
import { Limits, Methods, Price, TimeToPay } from "./AdParts.tsx";
import css from "./AdPreview.module.css";
import { Maker } from "./Maker.tsx";

export const AdPreview = ({ ad }: { readonly ad: Ad }) => {
  const { market } = useText();
  return (
    <div className={css.card}>
      {ad.exchange_rate > 0 && <Price ad={ad} side={ad.type === "sell" ? "buy" : "sell"} />}
      <dl className={css.facts}>
        {ad.min_amount > 0 && ad.max_amount > 0 && (
          <Fact label={market.limits}>
            <Limits ad={ad} />
          </Fact>
        )}
        {ad.payment_methods.length > 0 && (
          <Fact label={market.methods}>
            <Methods ad={ad} />
          </Fact>
        )}
        <Fact label={market.time}>
          <TimeToPay ad={ad} />
        </Fact>
      </dl>
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

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className={css.fact}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
