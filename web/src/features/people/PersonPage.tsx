/** A person as others see one: since when, how they trade, in words; what they offer; what others said of them. */
import type { ParleyError } from "@parley/client";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { serverClock } from "../../data/clock.ts";
import { useSession } from "../../data/session.ts";
import type { Ad, MetProfile } from "../../data/types.ts";
import { dayOf, isHere, timeAgo } from "../../kernel/time.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Badge, Notice } from "../../ui/Notice.tsx";
import { Muted, Page, Section } from "../../ui/Page.tsx";
import { Avatar, isNewcomer, Stars } from "../../ui/Person.tsx";
import { Name, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./PersonPage.module.css";
import { adsOfQuery, profileQuery, reviewsQuery } from "./queries.ts";
import { Record } from "./Record.tsx";

type Props = {
  readonly id: string;
  /** The ads as takers see them, with the way in. */
  readonly ads: (ads: readonly Ad[]) => ReactNode;
};

export const PersonPage = ({ id, ads }: Props) => {
  const profile = useWords("profile");
  const query = useQuery(profileQuery(id));
  return (
    <Loaded
      query={query}
      skeleton={<SkeletonLines count={3} height="8rem" />}
      failed={(error) =>
        ["USER_NOT_FOUND", "VALIDATION_ERROR"].includes((error as Partial<ParleyError>).code ?? "") ? (
          <EmptyState
            isPage
            icon="people"
            title={profile.notFound}
            action={
              <Link to="/market" className={buttonClass()}>
                {profile.toMarket}
              </Link>
            }
          >
            {profile.notFoundText}
          </EmptyState>
        ) : null
      }
    >
      {(person) => <Shown person={person} ads={ads} />}
    </Loaded>
  );
};

const Shown = ({ person, ads }: { readonly person: MetProfile; readonly ads: Props["ads"] }) => {
  const { common } = useText();
  const profile = useWords("profile");
  return (
    <Page title={person.name ?? common.nameless} heading={<Heading person={person} />} lead={<Facts person={person} />}>
      <Met person={person} />
      <div className={css.columns}>
        <div className={css.column}>
          <Section title={profile.ads}>
            <Offers id={person.id} ads={ads} />
          </Section>
        </div>
        <div className={css.column}>
          <Section title={profile.record}>
            {isNewcomer(person) && (
              <Notice tone="info" title={profile.isNew}>
                {profile.isNewText}
              </Notice>
            )}
            <Record person={person} />
          </Section>
          <Section title={profile.reviews}>
            <Reviews id={person.id} />
          </Section>
        </div>
      </div>
    </Page>
  );
};

const Heading = ({ person }: { readonly person: MetProfile }) => (
  <span className={css.heading}>
    <Avatar of={person} large />
    <Name of={person} />
  </span>
);

const Facts = ({ person }: { readonly person: MetProfile }) => {
  const { market } = useText();
  const profile = useWords("profile");
  const language = useLanguage();
  const now = serverClock.now();
  return (
    <span className={css.facts}>
      {isHere(person.last_seen_at, now) ? (
        <span className={css.here}>{market.lastSeenNow}</span>
      ) : (
        <span>{market.lastSeen({ ago: timeAgo(person.last_seen_at, now, language) })}</span>
      )}
      <span>{profile.since({ day: dayOf(person.joined_at, language) })}</span>
      <Stars rating={person.rating} count={person.ratings_count} />
    </span>
  );
};

/** Whether the reader knows them; who looks at their own page is told what it is. */
const Met = ({ person }: { readonly person: MetProfile }) => {
  const profile = useWords("profile");
  const session = useSession();
  if (session.person?.id === person.id) return <Muted>{profile.own}</Muted>;
  const { traded_with_you: times } = person;
  if (times === undefined) return null;
  return (
    <div>
      {times > 0 ? <Badge tone="done">{profile.traded({ n: times })}</Badge> : <Muted>{profile.neverTraded}</Muted>}
    </div>
  );
};

const Offers = ({ id, ads }: Props) => {
  const profile = useWords("profile");
  const query = useQuery(adsOfQuery(id));
  return (
    <Loaded query={query} skeleton={<SkeletonLines count={1} height="12rem" />}>
      {(found) => (found.length === 0 ? <Muted>{profile.noAds}</Muted> : ads(found))}
    </Loaded>
  );
};

const Reviews = ({ id }: { readonly id: string }) => {
  const { common } = useText();
  const profile = useWords("profile");
  const language = useLanguage();
  const query = useInfiniteQuery(reviewsQuery(id));
  return (
    <Loaded query={query} skeleton={<SkeletonLines count={2} />}>
      {({ pages }) => {
        const reviews = pages.flatMap(({ items }) => items);
        if (reviews.length === 0) return <Muted>{profile.noReviews}</Muted>;
        return (
          <>
            <ul className={css.reviews}>
              {reviews.map(({ rating, comment, created_at }) => (
                <li key={`${created_at} ${rating} ${comment}`} className={css.review}>
                  <span className={css.facts}>
                    <strong>{common.stars({ n: rating })}</strong>
                    <span>{dayOf(created_at, language)}</span>
                  </span>
                  {comment !== null && (
                    <p className={css.comment} dir="auto">
                      {comment}
                    </p>
                  )}
                </li>
              ))}
            </ul>
            <More query={query} />
          </>
        );
      }}
    </Loaded>
  );
};
