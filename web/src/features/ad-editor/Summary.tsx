/** What stands against publishing, at the top: each a link to its field. It gets the focus when a try fails. */
import { useEffect, useRef } from "react";
import { Icon } from "../../ui/Icon.tsx";
import { useWords } from "../../ui/words.ts";
import type { Fault, Field } from "./faults.ts";
import css from "./Summary.module.css";
import { useFaultSentence, useFieldName } from "./words.ts";

type Props = {
  readonly faults: readonly Fault[];
  /** Which try it was: each gets the focus anew. */
  readonly attempt: number;
  readonly onPick: (field: Field) => void;
};

export const Summary = ({ faults, attempt, onPick }: Props) => {
  const adEditor = useWords("adEditor");
  const sentence = useFaultSentence();
  const nameOf = useFieldName();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (attempt === 0) return;
    box.current?.focus();
    box.current?.scrollIntoView({ block: "center" });
  }, [attempt]);
  if (faults.length === 0) return null;
  return (
    <div ref={box} role="alert" tabIndex={-1} className={css.summary}>
      <p className={css.title}>
        <Icon name="warning" />
        {adEditor.toMend({ n: faults.length })}
      </p>
      <ul className={css.list}>
        {faults.map((fault) => (
          <li key={`${fault.field} ${fault.kind}`}>
            <a
              href={`#${fault.field}`}
              onClick={(event) => {
                event.preventDefault();
                onPick(fault.field);
              }}
            >
              {nameOf(fault.field)}
            </a>
            : {sentence(fault)}
          </li>
        ))}
      </ul>
    </div>
  );
};
