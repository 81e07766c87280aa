/** What somebody has written of an ad so far, what stands against publishing it, and the act that does. */
import { useMemo, useRef, useState } from "react";
import { type Act, useAct } from "../../data/mutations.ts";
import { putOwnAd } from "../../data/own-ads.ts";
import type { OwnAd, PaymentMethod } from "../../data/types.ts";
import { type Detail, type Draft, detailsOf, isSameDraft } from "./draft.ts";
import { type Fault, type Field, faultsOf, faultsOfRefusal, type Rules } from "./faults.ts";
import { keptDraft } from "./kept.ts";
import { publish, type Written } from "./queries.ts";

type Options = {
  readonly person: string;
  /** Null: a new one. */
  readonly ad: OwnAd | null;
  /** What it begins with where no draft is kept. */
  readonly initial: Draft;
  readonly rulesOf: (currency: string) => Rules;
  readonly catalogue: readonly PaymentMethod[];
  /** The live ad of each side, where there is one. */
  readonly taken: Readonly<Partial<Record<Draft["side"], number>>>;
  readonly onDone: (ad: OwnAd) => void;
};

export type Editor = {
  readonly draft: Draft;
  readonly rules: Rules;
  readonly details: readonly Detail[];
  readonly set: (change: Partial<Draft>, field: Field) => void;
  /** The reader has left it: what is wrong is said now. */
  readonly leave: (field: Field) => void;
  /** All that stands against it. */
  readonly faults: readonly Fault[];
  /** What is wrong with a field, as far as it is time to say so. */
  readonly faultAt: (field: Field) => Fault | undefined;
  readonly showAll: (fields: readonly Field[]) => void;
  /** A draft of another visit. */
  readonly restored: boolean;
  /** Something of this visit is not published. */
  readonly dirty: boolean;
  readonly startAnew: () => void;
  readonly forget: () => void;
  readonly act: Act<Written>;
  readonly submit: () => void;
};

/** A draft of another visit that differs from what it would begin with; null where there is none. */
const restoredFrom = (kept: ReturnType<typeof keptDraft>, version: number, initial: Draft): Draft | null => {
  const found = kept.read();
  return found?.version === version && !isSameDraft(found.draft, initial) ? found.draft : null;
};

/** One live ad of a side: a second one would be refused, and who has the first hears it before writing. */
const sideFaults = ({ side }: Draft, ad: OwnAd | null, taken: Options["taken"]): readonly Fault[] => {
  const adId = taken[side];
  return ad === null && adId !== undefined ? [{ field: "side", kind: "sideTaken", adId }] : [];
};

/** What the server said and what is known here by now may be the same. */
const withRefused = (found: readonly Fault[], refused: readonly Fault[]): readonly Fault[] => [
  ...found,
  ...refused.filter(({ field, kind }) => !found.some((fault) => fault.field === field && fault.kind === kind)),
];

export const useEditor = ({ person, ad, initial, rulesOf, catalogue, taken, onDone }: Options): Editor => {
  const version = ad?.version ?? 0;
  const kept = useMemo(() => keptDraft(person, ad?.id ?? null), [person, ad?.id]);
  const [first] = useState(() => restoredFrom(kept, version, initial));
  const [draft, setDraft] = useState(first ?? initial);
  const [restored, setRestored] = useState(first !== null);
  const [changed, setChanged] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set());
  const [refused, setRefused] = useState<readonly Fault[]>([]);

  const rules = rulesOf(draft.currency);
  const details = useMemo(() => detailsOf(draft, catalogue, ad), [draft, catalogue, ad]);
  const faults = withRefused([...sideFaults(draft, ad, taken), ...faultsOf({ draft, rules, details, ad })], refused);

  const act = useAct({
    send: publish,
    onDone: (done: OwnAd) => {
      kept.forget();
      setChanged(false);
      putOwnAd(done);
      onDone(done);
    },
    onRefused: (failure) => setRefused(faultsOfRefusal(failure)),
  });
  const latest = useRef({ draft, details, ad });
  latest.current = { draft, details, ad };

  const reset = (to: Draft) => {
    setDraft(to);
    setLeft(new Set());
    setRefused([]);
    setRestored(false);
    setChanged(false);
  };
  return {
    ...{ draft, rules, details, faults, restored, act },
    set: (change, field) => {
      const next = { ...draft, ...change };
      setDraft(next);
      setChanged(true);
      setRefused(refused.filter((fault) => fault.field !== field));
      kept.write({ draft: next, version });
    },
    leave: (field) => setLeft((before) => new Set([...before, field])),
    faultAt: (field) =>
      faults.find(
        (fault) => fault.field === field && (left.has(field) || fault.kind === "server" || fault.kind === "sideTaken"),
      ),
    showAll: (fields) => setLeft((before) => new Set([...before, ...fields])),
    dirty: changed && !isSameDraft(draft, initial),
    startAnew: () => {
      kept.forget();
      reset(initial);
    },
    forget: kept.forget,
    submit: () => act.submit(latest.current),
  };
};
