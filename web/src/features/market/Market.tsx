/** The market: tabs, filters in the address, and the ads. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "../../ui/Button.tsx";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Page } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { AdList } from "./AdList.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { type FilterSearch, withDefaults } from "./filters.ts";
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
        {({ pages }) => {
          const ads = pages.flatMap(({ items }) => items);
          if (ads.length === 0) return <NoAds search={search} onChange={set} />;
          return (
            <>
              <AdList ads={ads} filters={filters} openAd={openAd} />
              <More query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
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
  const { amount, method, ...rest } = search;
  if (amount === undefined && method === undefined && search.currency === undefined) {
    return (
      <EmptyState icon="market" title={market.empty}>
        {market.emptyText}
      </EmptyState>
    );
  }
  const named = [amount, method, search.currency].filter((filter) => filter !== undefined).join(", ");
  return (
    <EmptyState
      icon="filter"
      title={market.emptyFilter({ filter: named })}
      action={
        amount === undefined ? (
          <Button onClick={() => onChange(rest)}>{market.clear}</Button>
        ) : (
          <Button onClick={() => onChange({ ...rest, ...(method !== undefined && { method }) })}>
            {market.clearAmount}
          </Button>
        )
      }
    >
      {market.emptyFilterText}
    </EmptyState>
  );
};
