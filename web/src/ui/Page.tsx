/**
 * A page: its title in the tab and as the heading that gets the focus when one comes from elsewhere, what belongs beside
 * it, and the content. `Card` and `Section` divide it.
 */
import { type ReactNode, useEffect, useRef } from "react";
import css from "./Page.module.css";
import { useTitle } from "./title.ts";

type Props = {
  readonly title: string;
  /** In place of the title as the heading, such as one with an amount in it; on a phone it stands below the bar. */
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
  readonly narrow?: boolean;
};

/** The first page of a visit keeps the browser's own start; whoever comes by a link of ours hears where they are. */
let isFirst = true;

export const Page = ({ title, heading, lead, beside, children, narrow = false }: Props) => {
  useTitle(title);
  const element = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) element.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  const bare = heading === undefined && lead === undefined && beside === undefined;
  return (
    <div className={narrow ? `${css.page} ${css.narrow}` : css.page}>
      <header className={bare ? `${css.head} ${css.bare}` : css.head}>
        <div className={css.titles}>
          <h1 ref={element} tabIndex={-1} className={heading === undefined ? css.inBar : undefined}>
            {heading ?? title}
          </h1>
          {lead && <p className={css.lead}>{lead}</p>}
        </div>
        {beside && <div className={css.beside}>{beside}</div>}
      </header>
      {children}
    </div>
  );
};

export const Card = ({ children, flat = false }: { readonly children: ReactNode; readonly flat?: boolean }) => (
  <div className={flat ? `${css.card} ${css.flat}` : css.card}>{children}</div>
);

export const Section = ({
  title,
  beside,
  children,
}: {
  readonly title: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section className={css.section}>
    <div className={css.sectionHead}>
      <h2>{title}</h2>
      {beside}
    </div>
    {children}
  </section>
);

/** Things one under another, or beside each other where there is room. */
export const Stack = ({ children, gap = 16 }: { readonly children: ReactNode; readonly gap?: 8 | 16 | 24 }) => (
  <div className={`${css.stack} ${css[`gap${gap}`]}`}>{children}</div>
);

export const Line = ({ children }: { readonly children: ReactNode }) => <div className={css.line}>{children}</div>;

export const Muted = ({ children }: { readonly children: ReactNode }) => <span className={css.muted}>{children}</span>;
