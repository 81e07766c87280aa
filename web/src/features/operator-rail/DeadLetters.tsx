/** Callbacks that a bank did not take: what, to whom, why, and once more. */
import { useAct } from "../../data/mutations.ts";
import type { DeadCallback } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Muted } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { refreshRail, sendAgain } from "./queries.ts";
import css from "./Rail.module.css";

export const DeadLetters = ({ of }: { readonly of: readonly DeadCallback[] }) => {
  const words = useWords("operatorRail");
  const language = useLanguage();
  const columns: readonly Column<DeadCallback>[] = [
    {
      key: "bank",
      head: words.bank,
      bare: true,
      cell: ({ bank, mode }) => (
        <div className={css.cell}>
          <strong>
            <bdi>{bank.name}</bdi>
          </strong>
          <Muted>{words[mode]}</Muted>
        </div>
      ),
    },
    {
      key: "what",
      head: words.what,
      cell: ({ type, order_guid }) => (
        <div className={css.cell}>
          <code>{type}</code>
          {order_guid !== null && <Muted>{order_guid}</Muted>}
        </div>
      ),
    },
    {
      key: "cause",
      head: words.cause,
      cell: ({ last_error, attempts }) => (
        <div className={css.cell}>
          <span>{last_error ?? "–"}</span>
          <Muted>{words.attempts({ n: attempts })}</Muted>
        </div>
      ),
    },
    {
      key: "since",
      head: words.since,
      cell: ({ created_at: at }) => <time dateTime={at}>{dayAndTime(at, language)}</time>,
    },
    { key: "action", head: words.action, bare: true, cell: (item) => <Again of={item} /> },
  ];
  return <Table caption={words.dead} columns={columns} items={of} idOf={({ id }) => id} />;
};

const Again = ({ of }: { readonly of: DeadCallback }) => {
  const words = useWords("operatorRail");
  const toast = useToast();
  const act = useAct({
    send: sendAgain,
    onDone: () => {
      toast({ icon: "check", text: words.sentAgain({ bank: of.bank.name }) });
      refreshRail();
    },
  });
  return (
    <div className={css.cell}>
      <Button small busy={act.busy} onClick={() => act.submit({ id: of.id })}>
        {words.sendAgain}
      </Button>
      <Refused error={act.failure} />
    </div>
  );
};
