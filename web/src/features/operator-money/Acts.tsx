/** What was credited and debited, with who did it and why. */
import type { PlatformAct } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Muted } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Name, useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Money.module.css";

export const Acts = ({ of }: { readonly of: readonly PlatformAct[] }) => {
  const words = useWords("operatorMoney");
  const language = useLanguage();
  const columns: readonly Column<PlatformAct>[] = [
    {
      key: "person",
      head: words.person,
      bare: true,
      cell: ({ user_id, user_name }) => (
        <div className={css.cell}>
          <strong>
            <Name of={{ name: user_name }} />
          </strong>
          <Muted>{user_id}</Muted>
        </div>
      ),
    },
    { key: "when", head: words.when, cell: ({ at }) => <time dateTime={at}>{dayAndTime(at, language)}</time> },
    { key: "what", head: words.what, cell: ({ kind }) => wordOf(kind, words) },
    {
      key: "amount",
      head: words.amount,
      figures: true,
      cell: ({ act, amount }) => (
        <span>
          {act === "credit" ? "+" : "−"}
          <Amount kopecks={amount} />
        </span>
      ),
    },
    {
      key: "external",
      head: words.externalId,
      cell: ({ external_id }) => <span className={css.cell}>{external_id}</span>,
    },
    {
      key: "by",
      head: words.by,
      cell: ({ by, reason }) => (
        <div className={css.cell}>
          <span>{by}</span>
          {reason !== null && <Muted>{reason}</Muted>}
        </div>
      ),
    },
  ];
  return <Table caption={words.acts} columns={columns} items={of} idOf={({ id }) => id} />;
};

/** A kind that is not known is shown as the server has it. */
const wordOf = (kind: string, words: object): string => {
  const word: unknown = Reflect.get(words, kind);
  return typeof word === "string" ? word : kind;
};
