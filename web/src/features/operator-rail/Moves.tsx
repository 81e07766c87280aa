/** Phones on their way to another bank whose present bank did not take the notice: an operator lets them go, or not. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import type { AliasMove } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Line, Muted, Stack } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Say, useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type Deciding, decideMove, refreshRail } from "./queries.ts";

type Chosen = { readonly move: AliasMove; readonly decision: Deciding["decision"] };

export const Moves = ({ of }: { readonly of: readonly AliasMove[] }) => {
  const words = useWords("operatorRail");
  const language = useLanguage();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const columns: readonly Column<AliasMove>[] = [
    { key: "from", head: words.from, cell: ({ from }) => <bdi>{from.name}</bdi> },
    { key: "to", head: words.to, cell: ({ to }) => <bdi>{to.name}</bdi> },
    { key: "mode", head: words.mode, cell: ({ mode }) => words[mode] },
    {
      key: "since",
      head: words.since,
      cell: ({ created_at: at }) => <time dateTime={at}>{dayAndTime(at, language)}</time>,
    },
    {
      key: "action",
      head: words.action,
      bare: true,
      cell: (move) => (
        <Line>
          <Button small onClick={() => setChosen({ move, decision: "complete" })}>
            {words.complete}
          </Button>
          <Button small onClick={() => setChosen({ move, decision: "refuse" })}>
            {words.refuse}
          </Button>
        </Line>
      ),
    },
  ];
  return (
    <Stack gap={8}>
      <Muted>{words.movesText}</Muted>
      <Table caption={words.moves} columns={columns} items={of} idOf={({ guid }) => guid} />
      {chosen !== null && <DecideDialog of={chosen} onClose={() => setChosen(null)} />}
    </Stack>
  );
};

const DecideDialog = ({ of: { move, decision }, onClose }: { readonly of: Chosen; readonly onClose: () => void }) => {
  const words = useWords("operatorRail");
  const act = useAct({
    send: decideMove,
    onDone: () => {
      refreshRail();
      onClose();
    },
    onRefused: refreshRail,
  });
  const [from, to] = [<bdi key="from">{move.from.name}</bdi>, <bdi key="to">{move.to.name}</bdi>];
  return (
    <Dialog
      title={
        decision === "complete" ? (
          <Say of={words.completeTitle} with={{ from, to }} />
        ) : (
          <Say of={words.refuseTitle} with={{ from }} />
        )
      }
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Button kind="danger" wide busy={act.busy} onClick={() => act.submit({ guid: move.guid, decision })}>
          {words[decision]}
        </Button>
      }
    >
      <p>{words.decideText}</p>
      <Refused error={act.failure} />
    </Dialog>
  );
};
