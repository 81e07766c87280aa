/** The form of a credit or a debit. What it comes to is said once more before anything moves. */
import { type FormEvent, useState } from "react";
import { parseAmount } from "../../kernel/money.ts";
import { Button } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { AmountField, SelectField, TextArea, TextField } from "../../ui/Field.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Money.module.css";
import { CREDIT_KINDS, DEBIT_KINDS, type Moving, movingOf } from "./queries.ts";
import { Review } from "./Review.tsx";

const USER = /^[!-~]{1,64}$/;
const EXTERNAL_ID = /^[!-~]{1,128}$/;
const MAX_REASON = 1_000;

type Form = {
  readonly act: Moving["act"];
  readonly kind: Moving["kind"];
  readonly user: string;
  readonly amount: string;
  readonly externalId: string;
  readonly reason: string;
};
type Typed = "user" | "amount" | "externalId" | "reason";

const emptyFor = (user: string): Form => ({
  act: "credit",
  kind: "deposit",
  user,
  amount: "",
  externalId: "",
  reason: "",
});

/** What is wrong with each field. */
const useFaults = (form: Form): Readonly<Record<Typed, string | undefined>> => {
  const { common } = useText();
  const words = useWords("operatorMoney");
  const { kopecks, fault } = parseAmount(form.amount);
  const faults = {
    empty: common.needed,
    not_a_number: common.notAnAmount,
    third_decimal: common.thirdDecimal,
    too_large: common.tooLargeAmount,
  };
  return {
    user: USER.test(form.user.trim()) ? undefined : words.userWrong,
    amount: fault === undefined ? (kopecks === 0 ? common.needed : undefined) : faults[fault],
    externalId: EXTERNAL_ID.test(form.externalId.trim()) ? undefined : words.externalIdWrong,
    reason: form.reason.trim() === "" ? common.needed : undefined,
  };
};

/** What is typed, what is wrong with it, and what is to be said once more before it moves. @param user to begin with */
const useMoneyForm = (user: string) => {
  const [form, setForm] = useState(() => emptyFor(user));
  const [left, setLeft] = useState<ReadonlySet<Typed>>(new Set());
  const [moving, setMoving] = useState<Moving | null>(null);
  const faults = useFaults(form);
  const put = (change: Partial<Form>) => setForm((before) => ({ ...before, ...change }));
  const field = (name: Typed) => ({
    value: form[name],
    error: left.has(name) ? faults[name] : undefined,
    onBlur: () => setLeft((before) => (form[name] === "" ? before : new Set([...before, name]))),
  });
  const typed = (name: Typed) => ({
    ...field(name),
    autoComplete: "off",
    onChange: ({ target }: { readonly target: { readonly value: string } }) => put({ [name]: target.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLeft(new Set(["user", "amount", "externalId", "reason"]));
    const { kopecks: amount } = parseAmount(form.amount);
    if (amount === undefined || Object.values(faults).some((fault) => fault !== undefined)) return;
    const [whose, externalId, reason] = [form.user.trim(), form.externalId.trim(), form.reason.trim()];
    setMoving(movingOf(form.act, form.kind, { user: whose, amount, externalId, reason }));
  };
  const clear = () => {
    setMoving(null);
    setForm(emptyFor(user));
    setLeft(new Set());
  };
  return { form, put, field, typed, submit, moving, giveUp: () => setMoving(null), clear };
};

export const MoneyForm = ({ user }: { readonly user: string }) => {
  const words = useWords("operatorMoney");
  const { form, put, field, typed, submit, moving, giveUp, clear } = useMoneyForm(user);
  const kinds = form.act === "credit" ? CREDIT_KINDS : DEBIT_KINDS;
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      <div className={css.wide}>
        <RadioCards
          legend={words.act}
          name="act"
          options={[
            { value: "credit", label: words.credit, text: words.creditText },
            { value: "debit", label: words.debit, text: words.debitText },
          ]}
          value={form.act}
          onChange={(act) => put({ act, kind: act === "credit" ? CREDIT_KINDS[0] : DEBIT_KINDS[0] })}
        />
      </div>
      <TextField label={words.user} hint={words.userHint} spellCheck={false} maxLength={64} {...typed("user")} />
      <SelectField
        label={words.kind}
        value={form.kind}
        onChange={({ target }) => put({ kind: kinds.find((kind) => kind === target.value) ?? kinds[0] })}
      >
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {words[kind]}
          </option>
        ))}
      </SelectField>
      <AmountField label={words.amount} sign="₽" {...field("amount")} onChange={(amount) => put({ amount })} />
      <TextField
        label={words.externalId}
        hint={words.externalIdHint}
        spellCheck={false}
        maxLength={128}
        {...typed("externalId")}
      />
      <div className={css.wide}>
        <TextArea label={words.reason} maxLength={MAX_REASON} {...typed("reason")} />
      </div>
      <div>
        <Button kind="primary" type="submit">
          {words.review}
        </Button>
      </div>
      {moving !== null && <Review of={moving} onClose={giveUp} onDone={clear} />}
    </form>
  );
};
