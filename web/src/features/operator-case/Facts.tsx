/** The terms, and both records side by side. */
import { useMethods } from "../../data/settings.ts";
import type { Case, Dossier, Profile } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Stack } from "../../ui/Page.tsx";
import { Name, useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { termsOf } from "./story.ts";

export const Facts = ({ of, dossier }: { readonly of: Case; readonly dossier: Dossier }) => {
  const operator = useWords("operator");
  const language = useLanguage();
  const methods = useMethods();
  const terms = termsOf(dossier);
  return (
    <Stack>
      <dl className={css.facts}>
        <dt>{operator.amount}</dt>
        <dd>
          <Amount kopecks={of.usdt_amount} inUsdt />
        </dd>
        {terms && (
          <>
            <dt>{operator.fiat}</dt>
            <dd>
              <Amount kopecks={terms.fiatAmount} currency={terms.fiatCurrency} />
            </dd>
            <dt>{operator.method}</dt>
            <dd>{methods.label(terms.method)}</dd>
            {terms.createdAt && (
              <>
                <dt>{operator.createdAt}</dt>
                <dd>
                  <time dateTime={terms.createdAt}>{dayAndTime(terms.createdAt, language)}</time>
                </dd>
              </>
            )}
          </>
        )}
      </dl>
      {of.comment !== null && <p className={css.text}>{of.comment}</p>}
      <div className={css.parties}>
        <Party word={operator.buyer} of={of.buyer} />
        <Party word={operator.seller} of={of.seller} />
      </div>
    </Stack>
  );
};

const Party = ({ word, of }: { readonly word: string; readonly of: Profile }) => {
  const operator = useWords("operator");
  return (
    <div className={css.party}>
      <span className={css.hash}>{word}</span>
      <strong>
        <Name of={of} />
      </strong>
      <dl className={css.facts}>
        <dt>{operator.ordersCount}</dt>
        <dd>{of.orders_count}</dd>
        <dt>{operator.completion}</dt>
        <dd>{of.completion_rate_30d === null ? "–" : `${Math.round(of.completion_rate_30d * 100)}\u00a0%`}</dd>
      </dl>
    </div>
  );
};
