/** The rail's monitor: what waits for an operator first, then what is under way, and who takes part. */
import { type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { zoneName } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Muted, Page, Section } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { Banks } from "./Banks.tsx";
import { DeadLetters } from "./DeadLetters.tsx";
import { InstallDialog } from "./InstallDialog.tsx";
import { Moves } from "./Moves.tsx";
import { banksQuery, deadQuery, movesQuery, searchesQuery } from "./queries.ts";
import { Searches } from "./Searches.tsx";

export const Rail = () => {
  const { zone } = useWords("operator");
  const words = useWords("operatorRail");
  const [isInstalling, setInstalling] = useState(false);
  const [dead, moves] = [useInfiniteQuery(deadQuery), useInfiniteQuery(movesQuery)];
  const [searches, banks] = [useInfiniteQuery(searchesQuery), useInfiniteQuery(banksQuery)];
  return (
    <Page title={words.title} lead={zone({ zone: zoneName() })}>
      <Part title={words.dead} query={dead} empty={<Muted>{words.noDead}</Muted>}>
        {(items) => <DeadLetters of={items} />}
      </Part>
      <Part title={words.moves} query={moves} empty={<Muted>{words.noMoves}</Muted>}>
        {(items) => <Moves of={items} />}
      </Part>
      <Part title={words.searches} query={searches} empty={<Muted>{words.noSearches}</Muted>}>
        {(items) => <Searches of={items} />}
      </Part>
      <Part
        title={words.banks}
        query={banks}
        beside={
          <Button small icon="plus" onClick={() => setInstalling(true)}>
            {words.installBank}
          </Button>
        }
        empty={
          <EmptyState icon="rail" title={words.noBanks}>
            {words.noBanksText}
          </EmptyState>
        }
      >
        {(items) => <Banks of={items} />}
      </Part>
      {isInstalling && <InstallDialog onClose={() => setInstalling(false)} />}
    </Page>
  );
};

type Pages<Item> = { readonly pages: readonly { readonly items: readonly Item[] }[] };

type PartProps<Item> = {
  readonly title: string;
  readonly query: UseInfiniteQueryResult<Pages<Item>>;
  readonly empty: ReactNode;
  readonly beside?: ReactNode;
  readonly children: (items: readonly Item[]) => ReactNode;
};

const Part = <Item,>({ title, query, empty, beside, children }: PartProps<Item>) => (
  <Section title={title} beside={beside}>
    <Loaded query={query} skeleton={<SkeletonLines count={2} />}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0) return empty;
        return (
          <>
            {children(items)}
            <More query={query} />
          </>
        );
      }}
    </Loaded>
  </Section>
);
