/** `/`, `/market`: the market, and beside it or over it whatever ad is open. */
import { Outlet, useParams, useSearch } from "@tanstack/react-router";
import { DemoPeople } from "../features/demo/DemoPeople.tsx";
import { Market } from "../features/market/Market.tsx";
import css from "./market.module.css";

export const MarketRoute = () => {
  const search = useSearch({ from: "/_market" });
  const { adId } = useParams({ strict: false });
  const id = adId === undefined ? null : Number(adId);
  return (
    <div className={id === null ? css.market : `${css.market} ${css.withAd}`}>
      <div className={css.list}>
        <DemoPeople leads aside={id !== null} />
        <Market search={search} openAd={id} />
      </div>
      <Outlet />
    </div>
  );
};
