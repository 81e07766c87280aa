/** The editor once all is there that it begins with: the rules, the catalogue, who writes, and what ads there are already. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe, useWallet } from "../../data/me.ts";
import { ownAdsQuery } from "../../data/own-ads.ts";
import { methodsQuery, settingsQuery } from "../../data/settings.ts";
import type { Ad, OwnAd } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { useWords } from "../../ui/words.ts";
import { AdEditor } from "./AdEditor.tsx";
import { type Draft, draftOf, emptyDraft } from "./draft.ts";
import type { Block } from "./faults.ts";
import { adOf } from "./preview.ts";
import { rulesIn } from "./rules.ts";

type Props = {
  /** Null: a new one. */
  readonly adId: number | null;
  /** On a phone. */
  readonly step: Block;
  readonly onStep: (step: Block) => void;
  /** An ad as takers see it. */
  readonly preview: (ad: Ad) => ReactNode;
};

export const EditorPage = (props: Props) => {
  const skeleton = <SkeletonLines count={3} height="12rem" />;
  return (
    <Loaded query={useQuery(ownAdsQuery)} skeleton={skeleton}>
      {(ads) => <Found {...props} ads={ads} skeleton={skeleton} />}
    </Loaded>
  );
};

type FoundProps = Props & { readonly ads: readonly OwnAd[]; readonly skeleton: ReactNode };

/** The ads that are live, by side. */
const takenBy = (ads: readonly OwnAd[]): Readonly<Partial<Record<Draft["side"], number>>> =>
  Object.fromEntries(ads.filter(({ status }) => status === "active").map(({ type, id }) => [type, id]));

const Found = ({ ads, adId, skeleton, ...rest }: FoundProps) => {
  const ad = ads.find(({ id }) => id === adId) ?? null;
  const taken = takenBy(ads);
  if (adId !== null && ad === null) return <Nothing what="notFound" />;
  if (ad === null && taken.sell !== undefined && taken.buy !== undefined) return <Nothing what="bothTaken" />;
  return <WithRules {...rest} key={adId ?? "new"} adId={adId} ad={ad} taken={taken} skeleton={skeleton} />;
};

const Nothing = ({ what }: { readonly what: "notFound" | "bothTaken" }) => {
  const adEditor = useWords("adEditor");
  return (
    <EmptyState
      isPage
      icon="ads"
      title={adEditor[what]}
      action={
        <Link to="/my-ads" className={buttonClass()}>
          {adEditor.toMyAds}
        </Link>
      }
    >
      {adEditor[`${what}Text`]}
    </EmptyState>
  );
};

type ReadyProps = Props & {
  readonly ad: OwnAd | null;
  readonly taken: Readonly<Partial<Record<Draft["side"], number>>>;
  readonly skeleton: ReactNode;
};

const WithRules = ({ ad, taken, skeleton, preview, ...rest }: ReadyProps) => {
  const settings = useQuery(settingsQuery);
  const methods = useQuery(methodsQuery);
  const me = useMe();
  const balance = useWallet().data?.available ?? 0;
  return (
    <Loaded query={settings} skeleton={skeleton}>
      {(known) => (
        <Loaded query={methods} skeleton={skeleton}>
          {(catalogue) => (
            <Loaded query={me} skeleton={skeleton}>
              {({ profile }) => {
                const listed = known.rules.find(({ name }) => name === "fiat_currencies")?.value;
                const currencies = Array.isArray(listed) ? listed : [];
                const side = taken.sell === undefined ? "sell" : "buy";
                return (
                  <AdEditor
                    {...rest}
                    person={profile.id}
                    ad={ad}
                    initial={ad === null ? emptyDraft(side, currencies[0] ?? "RUB") : draftOf(ad)}
                    rulesOf={rulesIn(known)}
                    catalogue={catalogue}
                    currencies={currencies}
                    taken={taken}
                    preview={(draft) => preview(adOf(draft, profile, balance, ad))}
                  />
                );
              }}
            </Loaded>
          )}
        </Loaded>
      )}
    </Loaded>
  );
};
