/** Price, limits, methods and time of an ad under each other, as a card shows them; what is not there yet is left out. */
import type { ReactNode } from "react";
import type { Ad } from "../../data/types.ts";
import { useText } from "../../ui/text.tsx";
import css from "./AdFacts.module.css";
import { Limits, Methods, Price, TimeToPay } from "./AdParts.tsx";
import { sideFor } from "./filters.ts";

export const AdFacts = ({ ad }: { readonly ad: Ad }) => {
  const { market } = useText();
  return (
    <>
      {ad.exchange_rate > 0 && <Price ad={ad} side={sideFor(ad.type)} />}
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
    </>
  );
};

const Fact = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div className={css.fact}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
