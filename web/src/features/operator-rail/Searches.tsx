/** Searches for the bank of a phone, with the banks that are still asked and the time that is left. */
import { serverClock } from "../../data/clock.ts";
import type { RailSearch } from "../../data/types.ts";
import { Countdown } from "../../ui/Countdown.tsx";
import { Muted } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useWords } from "../../ui/words.ts";
import { refreshRail } from "./queries.ts";
import css from "./Rail.module.css";

export const Searches = ({ of }: { readonly of: readonly RailSearch[] }) => {
  const words = useWords("operatorRail");
  const columns: readonly Column<RailSearch>[] = [
    {
      key: "search",
      head: words.search,
      bare: true,
      cell: ({ guid, mode }) => (
        <div className={css.cell}>
          <span>{guid}</span>
          <Muted>{words[mode]}</Muted>
        </div>
      ),
    },
    {
      key: "left",
      head: words.left,
      cell: ({ started_at, ends_at }) => (
        <Countdown until={ends_at} since={started_at} clock={serverClock} onOver={refreshRail} />
      ),
    },
    {
      key: "asking",
      head: words.asking,
      cell: ({ asking }) =>
        asking.length === 0 ? (
          words.nobodyAsked
        ) : (
          <div className={css.cell}>
            {asking.map(({ guid, name }) => (
              <bdi key={guid}>{name}</bdi>
            ))}
          </div>
        ),
    },
    { key: "orders", head: words.waiting, figures: true, cell: ({ orders }) => orders },
  ];
  return <Table caption={words.searches} columns={columns} items={of} idOf={({ guid }) => guid} />;
};
