/** One's own ads: what is on the market, a card for each side, and below it what is paused. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ownAdsQuery } from "../../data/own-ads.ts";
import type { OwnAd } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Muted, Page, Section } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { AdCard } from "./AdCard.tsx";
import css from "./MyAds.module.css";

export const MyAds = () => {
  const myAds = useWords("myAds");
  const query = useQuery(ownAdsQuery);
  const ads = query.data ?? [];
  const isFull = ads.filter(isLive).length === 2;
  const lead = isFull ? myAds.bothTaken : undefined;
  const newAd = (
    <Link to="/my-ads/new" className={buttonClass({ kind: "primary" })}>
      <span className={css.face}>
        <Icon name="plus" />
        {myAds.newAd}
      </span>
    </Link>
  );
  return (
    <Page title={myAds.title} lead={lead} beside={ads.length === 0 || isFull ? undefined : newAd}>
      <Loaded query={query} skeleton={<SkeletonLines count={2} height="18rem" />}>
        {(all) =>
          all.length === 0 ? (
            <EmptyState icon="ads" title={myAds.empty} action={newAd}>
              {myAds.emptyText}
            </EmptyState>
          ) : (
            <Ads ads={all} />
          )
        }
      </Loaded>
    </Page>
  );
};

const isLive = ({ status }: OwnAd): boolean => status === "active";

/** What sells before what buys: most who have both sell first. */
const bySide = (one: OwnAd, other: OwnAd): number => (one.type === other.type ? 0 : one.type === "sell" ? -1 : 1);

const Ads = ({ ads }: { readonly ads: readonly OwnAd[] }) => {
  const myAds = useWords("myAds");
  const live = ads.filter(isLive).toSorted(bySide);
  const paused = ads.filter((ad) => !isLive(ad));
  return (
    <>
      <Section title={myAds.liveAds}>
        {live.length === 0 ? <Muted>{myAds.noneLive}</Muted> : <Cards ads={live} />}
      </Section>
      {paused.length > 0 && (
        <Section title={myAds.pausedAds}>
          <Cards ads={paused} />
        </Section>
      )}
    </>
  );
};

const Cards = ({ ads }: { readonly ads: readonly OwnAd[] }) => (
  <ul className={css.cards}>
    {ads.map((ad) => (
      <li key={ad.id}>
        <AdCard ad={ad} />
      </li>
    ))}
  </ul>
);
