/** One's own tokens: what each is called, may do, when it ends and was last used; make one, end one. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { dayAndTime, dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { type Column, RowAct, Table } from "../../ui/Table.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { EndTokenDialog } from "./EndTokenDialog.tsx";
import { MakeTokenDialog } from "./MakeTokenDialog.tsx";
import { mayOf, type Token, tokensQuery } from "./queries.ts";
import css from "./Tokens.module.css";

export const Tokens = () => {
  const words = useWords("tokens");
  const query = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const make = (
    <Button kind="primary" icon="plus" onClick={() => setMaking(true)}>
      {words.make}
    </Button>
  );
  const isEmpty = query.data?.length === 0;
  return (
    <Page title={words.title} lead={words.lead} beside={query.data === undefined || isEmpty ? undefined : make}>
      <Loaded query={query} skeleton={<SkeletonLines count={3} />}>
        {(tokens) =>
          tokens.length === 0 ? (
            <EmptyState icon="shield" title={words.empty} action={make}>
              {words.emptyText}
            </EmptyState>
          ) : (
            <List of={tokens} />
          )
        }
      </Loaded>
      {making && <MakeTokenDialog onClose={() => setMaking(false)} />}
    </Page>
  );
};

const List = ({ of }: { readonly of: readonly Token[] }) => {
  const words = useWords("tokens");
  const language = useLanguage();
  const [ending, setEnding] = useState<Token | null>(null);
  const columns: readonly Column<Token>[] = [
    {
      key: "name",
      head: words.name,
      bare: true,
      cell: ({ name }) => (
        <strong className={css.name}>
          <bdi>{name}</bdi>
        </strong>
      ),
    },
    { key: "may", head: words.may, cell: (token) => <MayBadge of={token} /> },
    { key: "until", head: words.until, cell: ({ expires_at }) => dayOf(expires_at, language) },
    {
      key: "last",
      head: words.last,
      cell: ({ last_used_at: at }) => (at === null ? words.never : dayAndTime(at, language)),
    },
    {
      key: "end",
      head: words.action,
      bare: true,
      cell: (token) => (
        <RowAct>
          <Button
            kind="danger"
            small
            icon="trash"
            aria-label={words.endWhat({ name: token.name })}
            onClick={() => setEnding(token)}
          >
            {words.end}
          </Button>
        </RowAct>
      ),
    },
  ];
  return (
    <>
      <Table caption={words.title} columns={columns} items={of} idOf={({ id }) => id} />
      {ending && <EndTokenDialog of={ending} onClose={() => setEnding(null)} />}
    </>
  );
};

const TONES = { read: "plain", trade: "info", release: "danger" } as const;

const MayBadge = ({ of }: { readonly of: Token }) => {
  const words = useWords("tokens");
  const may = mayOf(of);
  return <Badge tone={TONES[may]}>{words[may]}</Badge>;
};
