/** People: a circle with a letter, stars, and the record in words. */
import { Link } from "@tanstack/react-router";
import { figuresOf } from "../kernel/money.ts";
import { Icon } from "./Icon.tsx";
import css from "./Person.module.css";
import { Name, useLanguage, useText } from "./text.tsx";

type Named = { readonly id: string; readonly name: string | null };

const GROUNDS = [css.pine, css.amber, css.blue, css.brick];

/** The same ground for the same person on every page. */
const groundOf = (id: string): string | undefined => {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return GROUNDS[sum % GROUNDS.length];
};

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export const Avatar = ({ of, large = false }: { readonly of: Named; readonly large?: boolean }) => {
  const first = [...graphemes.segment((of.name ?? "").trim())][0]?.segment ?? "–";
  return (
    <span className={`${css.avatar} ${groundOf(of.id)} ${large ? css.large : ""}`} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
};

/** Fewer orders say nothing about anybody. */
const FEW_ORDERS = 3;

export const isNewcomer = ({ orders_count }: { readonly orders_count: number }): boolean => orders_count < FEW_ORDERS;

/** A person's name, and the way to the public page. */
export const PersonLink = ({ of }: { readonly of: Named }) => (
  <Link to="/people/$personId" params={{ personId: of.id }} className={css.link}>
    <Name of={of} />
  </Link>
);

/** The mean and how many gave it; nothing before the first. */
export const Stars = ({ rating, count }: { readonly rating: number | null; readonly count: number }) => {
  const { common } = useText();
  const language = useLanguage();
  if (rating === null) return null;
  const shown = rating.toLocaleString(figuresOf(language), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 2,
  });
  return (
    <span className={css.stars} role="img" aria-label={common.starsOf({ rating: shown, count: String(count) })}>
      <Icon name="star" filled />
      <span aria-hidden="true">
        {shown} ({count})
      </span>
    </span>
  );
};

/** Five radios that look like stars. */
export const StarsField = ({
  legend,
  value,
  onChange,
}: {
  readonly legend: string;
  readonly value: number | null;
  readonly onChange: (stars: number) => void;
}) => {
  const { common } = useText();
  return (
    <fieldset>
      <legend className={css.legend}>{legend}</legend>
      <div className={css.choices}>
        {[1, 2, 3, 4, 5].map((stars) => (
          <label key={stars} className={css.choice} data-on={value !== null && stars <= value ? "" : undefined}>
            <input
              type="radio"
              className={css.radio}
              name="stars"
              value={stars}
              checked={value === stars}
              onChange={() => onChange(stars)}
              aria-label={common.stars({ n: stars })}
            />
            <Icon name="star" filled={value !== null && stars <= value} />
          </label>
        ))}
      </div>
    </fieldset>
  );
};
