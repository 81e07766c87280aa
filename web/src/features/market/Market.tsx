/** The market: tabs, filters in the address, and the ads. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useMethods } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Page } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useHeld } from "../../ui/useHeld.ts";
import { WithChanges } from "../../ui/WithChanges.tsx";
import { AdList } from "./AdList.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { type FilterSearch, fiatOf, withDefaults } from "./filters.ts";
import css from "./Market.module.css";
import { marketQuery } from "./queries.ts";

type Props = {
  readonly search: FilterSearch;
  /** The ad that is open beside the list. */
  readonly openAd: number | null;
};

export const Market = ({ search, openAd }: Props) => {
  const { market } = useText();
  const navigate = useNavigate();
  const filters = withDefaults(search);
  const query = useInfiniteQuery({ ...marketQuery(filters), placeholderData: (before) => before });
  const set = (next: FilterSearch) => void navigate({ to: "/market", search: next, replace: true });

  return (
    <Page title={market.title}>
      <Tabs label={market.side}>
        <Link
          to="/market"
          search={{ ...search, side: "buy" }}
          className={tabClass}
          aria-current={filters.side === "buy" ? "page" : undefined}
        >
          {market.buy}
        </Link>
        <Link
          to="/market"
          search={{ ...search, side: "sell" }}
          className={tabClass}
          aria-current={filters.side === "sell" ? "page" : undefined}
        >
          {market.sell}
        </Link>
      </Tabs>
      <FilterBar search={search} onChange={set} />
      <Loaded query={query} skeleton={<SkeletonLines count={5} height="7rem" />}>
        {({ pages }) => (
          <Ads
            pages={pages}
            scope={`${query.isPlaceholderData ? "before" : JSON.stringify(filters)} ${pages.length}`}
            isArriving={query.isFetching && !query.isFetchedAfterMount}
            search={search}
            openAd={openAd}
            onChange={set}
            more={<More query={query} />}
          />
        )}
      </Loaded>
    </Page>
  );
};

type AdsProps = {
  readonly scope: string;
  readonly isArriving: boolean;
  readonly pages: readonly { readonly items: readonly Ad[] }[];
  readonly search: FilterSearch;
  readonly openAd: number | null;
  readonly onChange: (next: FilterSearch) => void;
  readonly more: ReactNode;
};

const Ads = ({ pages, search, openAd, onChange, more, ...given }: AdsProps) => {
  const { market } = useText();
  const items = useMemo(() => pages.flatMap((page) => page.items), [pages]);
  const held = useHeld({ ...given, items, idOf: ({ id }) => id });
  return (
    <>
      <WithChanges held={held} news={market.newAds}>
        {held.shown.length === 0 ? (
          <NoAds search={search} onChange={onChange} />
        ) : (
          <AdList ads={held.shown} filters={withDefaults(search)} openAd={openAd} />
        )}
      </WithChanges>
      {more}
      {held.shown.length > 0 && <PostOwn />}
    </>
  );
};

const PostOwn = () => {
  const { market } = useText();
  return (
    <div className={css.own}>
      <Link to="/my-ads/new" className={buttonClass({ kind: "quiet" })}>
        {market.postOwn}
      </Link>
    </div>
  );
};

const NoAds = ({
  search,
  onChange,
}: {
  readonly search: FilterSearch;
  readonly onChange: (next: FilterSearch) => void;
}) => {
  const { market } = useText();
  const { limit } = useMoney();
  const methods = useMethods();
  const { amount, method, ...rest } = search;
  if (amount === undefined && method === undefined && search.currency === undefined) {
    return (
      <EmptyState icon="market" title={market.empty} action={<PostOwn />}>
        {market.emptyText}
      </EmptyState>
    );
  }
  const named = [
    amount === undefined ? undefined : limit(fiatOf(amount), search.currency ?? "RUB"),
    method === undefined ? undefined : methods.label(method),
    amount === undefined ? search.currency : undefined,
  ]
    .filter((filter) => filter !== undefined)
    .join(", ");
  return (
    <EmptyState
      icon="filter"
      title={market.emptyFilter({ filter: named })}
      action={
        <>
          {amount === undefined ? (
            <Button onClick={() => onChange(rest)}>{market.clear}</Button>
          ) : (
            <Button onClick={() => onChange({ ...rest, ...(method !== undefined && { method }) })}>
              {market.clearAmount}
            </Button>
          )}
          <PostOwn />
        </>
      }
    >
      {market.emptyFilterText}
    </EmptyState>
  );
};
