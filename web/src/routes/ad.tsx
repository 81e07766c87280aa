/** `/ads/:id`: the ad with its form, beside the market that stays where it was or, on a phone, over it. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { fiatOf } from "../features/market/filters.ts";
import { Maker } from "../features/market/Maker.tsx";
import { ReasonsAgainst } from "../features/market/ReasonsAgainst.tsx";
import { TakeAd } from "../features/take/TakeAd.tsx";
import { IconButton } from "../ui/Button.tsx";
import { useText } from "../ui/text.tsx";
import { useWords } from "../ui/words.ts";
import css from "./ad.module.css";

export const AdRoute = () => {
  const { common } = useText();
  const take = useWords("take");
  const search = useSearch({ from: "/_market" });
  const id = Number(useParams({ from: "/_market/ads/$adId" }).adId);
  const navigate = useNavigate();
  const close = () => void navigate({ to: "/market", search });
  return (
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
        maker={(ad) => <Maker ad={ad} />}
        against={(ad) => <ReasonsAgainst ad={ad} />}
        sum={search.amount === undefined ? null : fiatOf(search.amount)}
        onStarted={(orderId) => void navigate({ to: "/orders/$orderId", params: { orderId: String(orderId) } })}
      />
    </section>
  );
};
