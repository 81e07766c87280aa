/** A block of the form, and the place of a field that the summary leads to. */
import type { ReactNode } from "react";
import { Card } from "../../ui/Page.tsx";
import css from "./Block.module.css";
import type { Field } from "./faults.ts";

export const Block = ({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}) => (
  <section>
    <Card>
      <div>
        <h2>{title}</h2>
        {lead && <p className={css.lead}>{lead}</p>}
      </div>
      {children}
    </Card>
  </section>
);

export const At = ({ field, children }: { readonly field: Field; readonly children: ReactNode }) => (
  <div data-field={field} className={css.at}>
    {children}
  </div>
);
