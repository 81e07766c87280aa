/** How a case ends: the outcome, the parts of a split that always add up, the reason, and all of it once more in a sentence. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import type { Case } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { Award, Parts } from "./Amounts.tsx";
import { type Ending, refreshCase, resolveCase } from "./queries.ts";

type Outcome = Ending["outcome"];

const OUTCOMES = {
  dispute: ["release", "refund", "split"],
  claim: ["compensate", "dismiss"],
} as const satisfies Readonly<Record<Case["kind"], readonly Outcome[]>>;

const TEXTS = {
  release: "releaseText",
  refund: "refundText",
  split: "splitText",
  compensate: "compensateText",
  dismiss: "dismissText",
} as const satisfies Readonly<Record<Outcome, string>>;

type Props = {
  readonly of: Case;
  /** The decision is on its way, or was refused. */
  readonly onDeciding: (isDeciding: boolean) => void;
};

export const Decision = ({ of, onDeciding }: Props) => {
  const operator = useWords("operator");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [toBuyer, setToBuyer] = useState<number | null>(null);
  const [reason, setReason] = useState("");
  const act = useAct({
    send: resolveCase,
    onDone: refreshCase,
    onRefused: () => {
      onDeciding(false);
      refreshCase();
    },
  });
  const buyerAmount = partOf(of, outcome, toBuyer);
  const missing = (() => {
    if (outcome === null) return operator.chooseOutcome;
    if (buyerAmount === null) return operator.amountMissing;
    return reason.trim() === "" ? operator.whyMissing : undefined;
  })();
  const choose = (chosen: Outcome) => {
    setOutcome(chosen);
    setToBuyer(chosen === "compensate" ? of.usdt_amount : null);
  };
  const send = () => {
    if (outcome === null) return;
    onDeciding(true);
    const ending = { orderId: of.order_id, outcome, reason: reason.trim() };
    act.submit({ ...ending, buyerAmount: outcome === "split" || outcome === "compensate" ? buyerAmount : null });
  };
  return (
    <Stack>
      <RadioCards
        legend={operator.outcome}
        name="outcome"
        options={OUTCOMES[of.kind].map((value) => ({ value, label: operator[value], text: operator[TEXTS[value]] }))}
        value={outcome}
        onChange={choose}
      />
      {outcome === "split" && <Parts whole={of.usdt_amount} onChange={setToBuyer} />}
      {outcome === "compensate" && <Award whole={of.usdt_amount} onChange={setToBuyer} />}
      <TextArea
        label={operator.why}
        value={reason}
        maxLength={1_000}
        onChange={({ target }) => setReason(target.value)}
      />
      {outcome !== null && buyerAmount !== null && <Review of={of} outcome={outcome} buyerAmount={buyerAmount} />}
      <Reasoned reason={missing}>
        <Button kind="primary" wide busy={act.busy} disabled={missing !== undefined} onClick={send}>
          {operator.resolve}
        </Button>
      </Reasoned>
      <Refused error={act.failure} />
    </Stack>
  );
};

/** What the buyer gets by an outcome; null where that is not said yet. */
const partOf = (of: Case, outcome: Outcome | null, toBuyer: number | null): number | null => {
  if (outcome === "split" || outcome === "compensate") return toBuyer;
  return outcome === "release" ? of.usdt_amount : 0;
};

type ReviewProps = { readonly of: Case; readonly outcome: Outcome; readonly buyerAmount: number };

const Review = ({ of, outcome, buyerAmount }: ReviewProps) => {
  const operator = useWords("operator");
  const { bare } = useMoney();
  const [buyer, seller] = [<Name key="buyer" of={of.buyer} />, <Name key="seller" of={of.seller} />];
  if (outcome === "dismiss") return <Notice tone="info">{operator.reviewDismiss}</Notice>;
  return (
    <Notice tone="info">
      {outcome === "compensate" ? (
        <Say of={operator.reviewClaim} with={{ buyer, seller, amount: bare(buyerAmount) }} />
      ) : (
        <Say
          of={operator.review}
          with={{ buyer, seller, toBuyer: bare(buyerAmount), toSeller: bare(of.usdt_amount - buyerAmount) }}
        />
      )}
    </Notice>
  );
};
