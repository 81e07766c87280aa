/** `/`, `/market`, `/ads/:id`: the market, and beside it or over it the ad that is open. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { DemoPeople } from "../features/demo/DemoPeople.tsx";
import { fiatOf } from "../features/market/filters.ts";
import { Market } from "../features/market/Market.tsx";
import { TakeAd } from "../features/take/TakeAd.tsx";
import { IconButton } from "../ui/Button.tsx";
import { useText } from "../ui/text.tsx";
import css from "./market.module.css";

export const MarketRoute = () => {
  const { common, take } = useText();
  const search = useSearch({ from: "/_market" });
  const { adId } = useParams({ strict: false });
  const navigate = useNavigate();
  const id = adId === undefined ? null : Number(adId);
  const close = () => void navigate({ to: "/market", search });
  return (
    <div className={id === null ? css.market : `${css.market} ${css.withAd}`}>
      <div className={css.list}>
        <DemoPeople />
        <Market search={search} openAd={id} />
      </div>
      {id !== null && (
        <section
          key={id}
          className={css.pane}
          aria-label={take.title}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
          }}
        >
          <h1 className={css.alone}>{take.title}</h1>
          <div className={css.close}>
            <IconButton icon="close" label={common.close} onClick={close} />
          </div>
          <TakeAd
            id={id}
            sum={search.amount === undefined ? null : fiatOf(search.amount)}
            onStarted={(orderId) => void navigate({ to: "/orders/$orderId", params: { orderId: String(orderId) } })}
          />
        </section>
      )}
    </div>
  );
};
