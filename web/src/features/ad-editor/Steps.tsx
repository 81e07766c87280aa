/** On a phone: which of the three steps this is. One goes on by the button below, which looks at what is written. */
import { useWords } from "../../ui/words.ts";
import css from "./AdEditor.module.css";
import type { Block } from "./faults.ts";

export const Steps = ({ step }: { readonly step: Block }) => {
  const adEditor = useWords("adEditor");
  const words = [adEditor.what, adEditor.howMuch, adEditor.payment] as const;
  return (
    <ol className={css.steps} aria-label={adEditor.steps}>
      {words.map((word, index) => (
        <li
          key={word}
          className={css.step}
          data-done={index + 1 < step ? "" : undefined}
          aria-current={index + 1 === step ? "step" : undefined}
        >
          {word}
        </li>
      ))}
    </ol>
  );
};
