/** What goes to whom: the two parts of a split, which always add up, and what a claim is compensated with. */
import { useState } from "react";
import { parseAmount, plainAmount } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { AmountField } from "../../ui/Field.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";

type Props = {
  /** The order's amount. */
  readonly whole: number;
  /** Null: what is written is no amount that fits. */
  readonly onChange: (toBuyer: number | null) => void;
};

/** Two fields, and each makes the other: what the buyer does not get is the seller's. */
export const Parts = ({ whole, onChange }: Props) => {
  const operator = useWords("operator");
  const { bare } = useMoney();
  const [texts, setTexts] = useState({ buyer: "", seller: "" });
  const [isTooMuch, setTooMuch] = useState(false);
  const write = (side: "buyer" | "seller") => (text: string) => {
    const amount = parseAmount(text).kopecks ?? null;
    const other = side === "buyer" ? "seller" : "buyer";
    // All of it is a release or a refund, and has a word of its own.
    const fits = amount !== null && amount > 0 && amount < whole;
    setTooMuch(amount !== null && !fits);
    setTexts({ buyer: text, seller: text, [other]: fits ? plainAmount(whole - amount) : "" });
    onChange(fits ? (side === "buyer" ? amount : whole - amount) : null);
  };
  return (
    <div className={css.parts}>
      <AmountField
        label={operator.toBuyer}
        value={texts.buyer}
        onChange={write("buyer")}
        error={isTooMuch ? operator.tooMuch({ amount: bare(whole - 1) }) : undefined}
      />
      <AmountField label={operator.toSeller} value={texts.seller} onChange={write("seller")} />
    </div>
  );
};

/** All of it, until another amount is written. */
export const Award = ({ whole, onChange }: Props) => {
  const operator = useWords("operator");
  const { bare } = useMoney();
  const [text, setText] = useState(plainAmount(whole));
  const amount = parseAmount(text).kopecks ?? null;
  const fits = (kopecks: number | null): boolean => kopecks !== null && kopecks > 0 && kopecks <= whole;
  return (
    <AmountField
      label={operator.toBuyer}
      value={text}
      onChange={(written) => {
        const read = parseAmount(written).kopecks ?? null;
        setText(written);
        onChange(fits(read) ? read : null);
      }}
      error={amount === null || fits(amount) ? undefined : operator.tooMuch({ amount: bare(whole) })}
    />
  );
};
