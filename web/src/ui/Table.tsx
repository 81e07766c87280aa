/**
 * A table with headings on a desk, cards on a phone: the same rows, laid out by the sheet. The roles stand in the markup
 * because a table that is laid out as blocks loses them.
 */
// biome-ignore-all lint/a11y/noRedundantRoles: a table that is laid out as blocks loses its roles in some browsers
import type { ReactNode } from "react";
import css from "./Table.module.css";

export type Column<Item> = {
  readonly key: string;
  readonly head: ReactNode;
  readonly cell: (item: Item) => ReactNode;
  /** Figures stand at the end of their column. */
  readonly figures?: boolean;
  /** On a card without its heading: what names the card, and its button. */
  readonly bare?: boolean;
};

type Props<Item> = {
  readonly caption: string;
  readonly columns: readonly Column<Item>[];
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => string | number;
  /** Marks a row, such as the one that is open beside it. */
  readonly isCurrent?: (item: Item) => boolean;
};

export const Table = <Item,>({ caption, columns, items, idOf, isCurrent }: Props<Item>) => (
  <table className={css.table} role="table" aria-label={caption}>
    <thead className={css.head} role="rowgroup">
      <tr role="row">
        {columns.map(({ key, head, figures }) => (
          <th key={key} role="columnheader" scope="col" className={figures ? css.figures : undefined}>
            {head}
          </th>
        ))}
      </tr>
    </thead>
    <tbody className={css.body} role="rowgroup">
      {items.map((item) => (
        <tr key={idOf(item)} role="row" className={css.row} aria-current={isCurrent?.(item) ? "true" : undefined}>
          {columns.map(({ key, head, cell, figures, bare }) => (
            <td key={key} role="cell" className={figures ? css.figures : undefined}>
              {!bare && (
                <span className={css.label} aria-hidden="true">
                  {head}
                </span>
              )}
              <div className={css.cell}>{cell(item)}</div>
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  </table>
);

/** What may be done with a row, as a button that is but words. */
export const RowAct = ({ children }: { readonly children: ReactNode }) => <div className={css.act}>{children}</div>;
