/** The terms that the reader saw beside those that hold now; nothing goes on until the reader says so. */
import { useMethods, useRule } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { rateText } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./TermsChanged.module.css";

type Term = { readonly label: string; readonly of: (ad: Ad) => string };

const useTerms = (): readonly Term[] => {
  const { common } = useText();
  const take = useWords("take");
  const language = useLanguage();
  const methods = useMethods();
  const usual = useRule("pay_window");
  const { limit } = useMoney();
  return [
    { label: take.price, of: (ad) => rateText(ad.exchange_rate, language, ad.fiat_currency) },
    { label: take.limits, of: (ad) => `${limit(ad.min_amount)} – ${limit(ad.max_amount)}` },
    { label: take.method, of: (ad) => ad.payment_methods.map(methods.label).join(", ") },
    { label: take.timeToPay, of: (ad) => common.minutes({ n: ad.payment_window_minutes ?? usual ?? 0 }) },
    { label: take.instructions, of: (ad) => (ad.instructions === "" ? "–" : ad.instructions) },
  ];
};

type Props = { readonly before: Ad; readonly now: Ad; readonly onAgree: () => void };

export const TermsChanged = ({ before, now, onAgree }: Props) => {
  const take = useWords("take");
  const changed = useTerms().filter(({ of }) => of(before) !== of(now));
  return (
    <div className={css.changed}>
      <Notice tone="soon" title={take.termsChanged} aloud>
        {changed.length === 0 ? take.detailsChanged : take.termsChangedText}
      </Notice>
      {changed.length > 0 && (
        <table className={css.terms}>
          <thead>
            <tr>
              <td />
              <th scope="col">{take.before}</th>
              <th scope="col">{take.now}</th>
            </tr>
          </thead>
          <tbody>
            {changed.map(({ label, of }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td className={css.old} dir="auto">
                  {of(before)}
                </td>
                <td className={css.new} dir="auto">
                  {of(now)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button kind="primary" wide onClick={onAgree}>
        {take.agree}
      </Button>
    </div>
  );
};
