/** How much: of one order, in all, how long to pay; beside it what the balance says to that. */
import { useMe, useWallet } from "../../data/me.ts";
import type { OwnAd } from "../../data/types.ts";
import { fiatFor } from "../../kernel/money.ts";
import { Amount, useMoney } from "../../ui/Amount.tsx";
import { AmountField, TextField } from "../../ui/Field.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./AmountsBlock.module.css";
import { At, Block } from "./Block.tsx";
import { type Draft, figuresOf } from "./draft.ts";
import type { Editor } from "./useEditor.ts";
import { useFaultSentence } from "./words.ts";

type Props = { readonly editor: Editor; readonly ad: OwnAd | null };

export const AmountsBlock = ({ editor, ad }: Props) => {
  const { common } = useText();
  const adEditor = useWords("adEditor");
  const { bare } = useMoney();
  const { draft, rules } = editor;
  const usual = rules.usualMinutes;
  return (
    <Block title={adEditor.howMuch} lead={adEditor.inUsdt}>
      <div className={css.beside}>
        <div className={css.fields}>
          <div className={css.pair}>
            <Sum editor={editor} field="min" hint={adEditor.least({ min: bare(rules.minOrder) })} />
            <Sum editor={editor} field="max" />
          </div>
          <Range draft={draft} />
          <Sum
            editor={editor}
            field="total"
            optional
            hint={
              ad === null
                ? adEditor.totalHint
                : adEditor.totalAnew({ left: bare(ad.remaining_amount), total: bare(ad.total_amount) })
            }
          />
          <Minutes
            editor={editor}
            hint={usual === null ? undefined : adEditor.minutesHint({ usual: common.minutes({ n: usual }) })}
          />
        </div>
        <Balance draft={draft} />
      </div>
    </Block>
  );
};

type SumProps = {
  readonly editor: Editor;
  readonly field: "min" | "max" | "total";
  readonly hint?: string;
  readonly optional?: boolean;
};

const Sum = ({ editor, field, hint, optional = false }: SumProps) => {
  const adEditor = useWords("adEditor");
  const { sign } = useMoney();
  const sentence = useFaultSentence();
  const fault = editor.faultAt(field);
  return (
    <At field={field}>
      <AmountField
        label={adEditor.fields[field]}
        name={field}
        value={editor.draft[field]}
        onChange={(text) => editor.set({ [field]: text }, field)}
        onBlur={() => editor.leave(field)}
        sign={sign("RUB")}
        optional={optional}
        error={fault && sentence(fault)}
        hint={hint}
      />
    </At>
  );
};

const Minutes = ({ editor, hint }: { readonly editor: Editor; readonly hint: string | undefined }) => {
  const adEditor = useWords("adEditor");
  const sentence = useFaultSentence();
  const fault = editor.faultAt("minutes");
  return (
    <At field="minutes">
      <TextField
        label={adEditor.fields.minutes}
        name="minutes"
        value={editor.draft.minutes}
        inputMode="numeric"
        autoComplete="off"
        optional
        onChange={({ target: { value } }) => editor.set({ minutes: value }, "minutes")}
        onBlur={() => editor.leave("minutes")}
        error={fault && sentence(fault)}
        hint={hint}
      />
    </At>
  );
};

/** What the limits come to in the money that is paid. */
const Range = ({ draft }: { readonly draft: Draft }) => {
  const adEditor = useWords("adEditor");
  const { fiat } = useMoney();
  const { min, max, rate } = figuresOf(draft);
  if (min === null || max === null || rate === null || min > max || min === 0) return null;
  const sums = {
    min: fiat(fiatFor(min, rate), draft.currency),
    max: fiat(fiatFor(max, rate), draft.currency),
  };
  return <p className={css.note}>{draft.side === "sell" ? adEditor.buyersPay(sums) : adEditor.youPay(sums)}</p>;
};

const Balance = ({ draft }: { readonly draft: Draft }) => {
  const adEditor = useWords("adEditor");
  const { data: wallet } = useWallet();
  if (wallet === undefined) return null;
  return (
    <div className={css.balance}>
      <p className={css.label}>{adEditor.balance}</p>
      <p className={css.figure}>
        <Amount kopecks={wallet.available} inUsdt />
      </p>
      {draft.side === "buy" ? (
        <p className={css.note}>{adEditor.balanceGrows}</p>
      ) : (
        <Selling draft={draft} available={wallet.available} />
      )}
    </div>
  );
};

/** What keeps an ad that sells from the market, said before it is published. */
const Selling = ({ draft, available }: { readonly draft: Draft; readonly available: number }) => {
  const adEditor = useWords("adEditor");
  const { bare, fiat } = useMoney();
  const withdrawal = useMe().data?.withdrawal;
  const { min, total } = figuresOf(draft);
  const { min_deposit: deposit, wagering } = withdrawal ?? {};
  return (
    <>
      {min !== null && available < min ? (
        <Notice tone="soon">{adEditor.belowMin({ balance: bare(available), min: bare(min) })}</Notice>
      ) : total !== null && total > available ? (
        <p className={css.note}>{adEditor.aboveBalance({ balance: bare(available) })}</p>
      ) : null}
      {deposit?.met === false && (
        <Notice tone="soon">
          {adEditor.deposit({ required: fiat(deposit.required), deposited: bare(deposit.deposited) })}
        </Notice>
      )}
      {wagering?.met === false && (
        <Notice tone="soon">{adEditor.wagering({ left: bare(wagering.required - wagering.wagered) })}</Notice>
      )}
    </>
  );
};
