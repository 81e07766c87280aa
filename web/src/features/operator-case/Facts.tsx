/** The terms with their deadlines, and both sides beside each other: what each has done before, and what each claims. */
import { Fragment, type ReactNode } from "react";
import { useReason } from "../../data/reasons.ts";
import { useMethods } from "../../data/settings.ts";
import type { Case, Dossier, Profile } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Amount, Rate } from "../../ui/Amount.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { PersonLink } from "../../ui/Person.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { type Terms, termsOf } from "./story.ts";

const SECONDS_OF_MINUTE = 60;

type Role = NonNullable<Case["opened_by"]>;

export const Facts = ({ of, dossier }: { readonly of: Case; readonly dossier: Dossier }) => {
  const operator = useWords("operator");
  const terms = termsOf(dossier);
  return (
    <Stack>
      <dl className={css.facts}>
        <dt>{operator.amount}</dt>
        <dd>
          <Amount kopecks={of.usdt_amount} inUsdt />
        </dd>
        {terms && <TermRows of={terms} />}
      </dl>
      <div className={css.parties}>
        <Party word={operator.buyer} of={of.buyer} says={sayingOf(of, "buyer")} />
        <Party word={operator.seller} of={of.seller} says={sayingOf(of, "seller")} />
      </div>
    </Stack>
  );
};

/** What was agreed and until when, and where to the money was to go. */
const TermRows = ({ of: terms }: { readonly of: Terms }) => {
  const operator = useWords("operator");
  const language = useLanguage();
  const methods = useMethods();
  const rows: readonly (readonly [string, ReactNode])[] = [
    [operator.fiat, <Amount key="fiat" kopecks={terms.fiatAmount} currency={terms.fiatCurrency} />],
    [operator.rate, <Rate key="rate" rate={terms.rate} currency={terms.fiatCurrency} />],
    [operator.method, methods.label(terms.method)],
    ...Object.entries(terms.details).map(([name, value]) => [methods.field(terms.method, name), value] as const),
    ...MOMENTS.flatMap(({ word, of }) => {
      const at = terms[of];
      return at === null ? [] : [[operator[word], <Moment key={word} at={at} language={language} />] as const];
    }),
  ];
  return (
    <>
      {rows.map(([word, value]) => (
        <Fragment key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
      {terms.instructions !== "" && <dd className={css.whole}>{terms.instructions}</dd>}
    </>
  );
};

const MOMENTS = [
  { word: "createdAt", of: "createdAt" },
  { word: "payBy", of: "payBy" },
  { word: "paidAt", of: "paidAt" },
  { word: "calledAt", of: "calledAt" },
] as const;

const Moment = ({ at, language }: { readonly at: string; readonly language: string }) => (
  <time dateTime={at}>{dayAndTime(at, language)}</time>
);

type Saying = { readonly reason: string | null; readonly comment: string | null };

/** What a side claims: the one that called says it in the case; the other, in the chat. */
const sayingOf = (of: Case, side: Role): Saying | null =>
  of.opened_by === side ? { reason: of.reason, comment: of.comment } : null;

const Party = ({ word, of, says }: { readonly word: string; readonly of: Profile; readonly says: Saying | null }) => {
  const operator = useWords("operator");
  const { common } = useText();
  const reasonOf = useReason();
  const minutes = (seconds: number | null): string =>
    seconds === null ? "–" : common.minutes({ n: Math.max(1, Math.round(seconds / SECONDS_OF_MINUTE)) });
  const rate = of.completion_rate_30d;
  const rows = [
    [operator.ordersCount, of.orders_count],
    [operator.partners, of.partners_count],
    [operator.completion, rate === null ? "–" : `${Math.round(rate * 100)}\u00a0%`],
    [operator.pays, minutes(of.median_pay_seconds)],
    [operator.releases, minutes(of.median_release_seconds)],
    [operator.stars, of.rating === null ? "–" : `${of.rating} (${of.ratings_count})`],
  ] as const;
  return (
    <div className={css.party}>
      <span className={css.hash}>{word}</span>
      <strong>
        <PersonLink of={of} />
      </strong>
      <dl className={css.facts}>
        {rows.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      {says === null ? (
        <p className={css.hash}>{operator.saysNothing}</p>
      ) : (
        <Notice title={says.reason === null ? operator.claim : reasonOf(says.reason)}>
          {says.comment !== null && <p className={css.text}>{says.comment}</p>}
        </Notice>
      )}
    </div>
  );
};
