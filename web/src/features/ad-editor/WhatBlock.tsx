/** What: which side, and at what price, with the price as a sentence. */
import { Link } from "@tanstack/react-router";
import type { OwnAd } from "../../data/types.ts";
import { fiatFor, premium } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { AmountField, SelectField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useWords } from "../../ui/words.ts";
import { At, Block } from "./Block.tsx";
import { type Draft, figuresOf } from "./draft.ts";
import type { Editor } from "./useEditor.ts";
import css from "./WhatBlock.module.css";
import { useFaultSentence } from "./words.ts";

type Props = {
  readonly editor: Editor;
  readonly ad: OwnAd | null;
  readonly currencies: readonly string[];
};

export const WhatBlock = ({ editor, ad, currencies }: Props) => {
  const adEditor = useWords("adEditor");
  const sentence = useFaultSentence();
  const { bare, sign } = useMoney();
  const { draft, set, leave, faultAt, rules } = editor;
  const price = faultAt("price");
  const taken = faultAt("side");
  return (
    <Block title={adEditor.what}>
      {ad === null ? (
        <At field="side">
          <RadioCards
            legend={adEditor.fields.side}
            name="side"
            value={draft.side}
            onChange={(side) => set({ side }, "side")}
            options={[
              { value: "sell", label: adEditor.sell, text: adEditor.sellText },
              { value: "buy", label: adEditor.buy, text: adEditor.buyText },
            ]}
          />
          {taken?.kind === "sideTaken" && <SideTaken adId={taken.adId} />}
        </At>
      ) : (
        <p className={css.fixed}>
          <strong>{draft.side === "sell" ? adEditor.sell : adEditor.buy}</strong> {adEditor.sideFixed}
        </p>
      )}
      {ad === null && currencies.length > 1 && (
        <SelectField
          label={adEditor.currency}
          value={draft.currency}
          onChange={({ target: { value } }) => set({ currency: value }, "price")}
        >
          {currencies.map((currency) => (
            <option key={currency} value={currency}>
              {currency}
            </option>
          ))}
        </SelectField>
      )}
      <At field="price">
        <AmountField
          label={adEditor.priceOfOne}
          name="price"
          value={draft.price}
          onChange={(text) => set({ price: text }, "price")}
          onBlur={() => leave("price")}
          sign={sign(draft.currency)}
          error={price && sentence(price)}
          hint={adEditor.rateBand({ min: bare(rules.rate.min), max: bare(rules.rate.max) })}
          large
        />
      </At>
      <PriceSentence draft={draft} />
    </Block>
  );
};

const SideTaken = ({ adId }: { readonly adId: number | null }) => {
  const adEditor = useWords("adEditor");
  return (
    <div className={css.taken}>
      <Notice tone="soon">
        {adEditor.sideTaken}{" "}
        {adId !== null && (
          <Link to="/my-ads/$adId/edit" params={{ adId: String(adId) }}>
            {adEditor.editOther}
          </Link>
        )}
      </Notice>
    </div>
  );
};

/** What an example of an order comes to. */
const EXAMPLE = 100_000;

const PriceSentence = ({ draft }: { readonly draft: Draft }) => {
  const adEditor = useWords("adEditor");
  const { bare, fiat } = useMoney();
  const { rate } = figuresOf(draft);
  if (rate === null || rate === 0) return null;
  const parts = { one: bare(100), price: fiat(rate, draft.currency) };
  const example = { amount: bare(EXAMPLE), fiat: fiat(fiatFor(EXAMPLE, rate), draft.currency) };
  const difference = premium(rate);
  const from = draft.currency !== "RUB" ? null : { percent: String(Math.abs(difference)) };
  return (
    <div className={css.sentence} aria-live="polite">
      <p className={css.price}>{draft.side === "sell" ? adEditor.youSellFor(parts) : adEditor.youBuyFor(parts)}</p>
      <p className={css.example}>
        {draft.side === "sell" ? adEditor.exampleSell(example) : adEditor.exampleBuy(example)}{" "}
        {from !== null &&
          (difference === 0 ? adEditor.atPar : difference > 0 ? adEditor.above(from) : adEditor.below(from))}
      </p>
    </div>
  );
};
