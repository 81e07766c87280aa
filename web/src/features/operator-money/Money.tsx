/** Credits and debits: the form, and below it what was done so far. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { zoneName } from "../../kernel/time.ts";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Muted, Page, Section } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { Acts } from "./Acts.tsx";
import { MoneyForm } from "./MoneyForm.tsx";
import { actsQuery } from "./queries.ts";

/** @param user whose id stands in the form already */
export const Money = ({ user }: { readonly user: string }) => {
  const { zone } = useWords("operator");
  const words = useWords("operatorMoney");
  const query = useInfiniteQuery(actsQuery);
  return (
    <Page title={words.title} lead={words.lead}>
      <MoneyForm user={user} />
      <Section title={words.acts} beside={<Muted>{zone({ zone: zoneName() })}</Muted>}>
        <Loaded query={query} skeleton={<SkeletonLines count={4} />}>
          {({ pages }) => {
            const acts = pages.flatMap(({ items }) => items);
            if (acts.length === 0)
              return (
                <EmptyState icon="ledger" title={words.noActs}>
                  {words.noActsText}
                </EmptyState>
              );
            return (
              <>
                <Acts of={acts} />
                <More query={query} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
};
