/** Whom an operator looks for; before anybody is asked for, those who are stopped or owe. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { FoundPerson } from "../../data/types.ts";
import { dayAndTime, zoneName } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { Muted, Page, Section } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Name, useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./People.module.css";
import { peopleQuery } from "./queries.ts";
import { standingOf } from "./standing.ts";

/** As long as the longest login. */
const MAX_ASKED = 254;

export const People = ({ asked }: { readonly asked: string | null }) => {
  const { zone } = useWords("operator");
  const people = useWords("operatorPeople");
  const query = useInfiniteQuery(peopleQuery(asked));
  return (
    <Page title={people.title} lead={zone({ zone: zoneName() })}>
      <Search asked={asked} />
      <Section title={asked === null ? people.stopped : people.found}>
        <Loaded query={query} skeleton={<SkeletonLines count={4} />}>
          {({ pages }) => {
            const found = pages.flatMap(({ items }) => items);
            if (found.length === 0) return <Nobody asked={asked} />;
            return (
              <>
                <List of={found} caption={asked === null ? people.stopped : people.found} />
                <More query={query} />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
};

const Search = ({ asked }: { readonly asked: string | null }) => {
  const people = useWords("operatorPeople");
  const navigate = useNavigate();
  const [text, setText] = useState(asked ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const query = text.trim();
    void navigate({ to: "/operator/people", search: query === "" ? {} : { query } });
  };
  return (
    <search>
      <form className={css.search} onSubmit={submit}>
        <TextField
          label={people.asked}
          type="search"
          value={text}
          maxLength={MAX_ASKED}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={({ target }) => setText(target.value)}
        />
        <Button kind="primary" type="submit">
          {people.find}
        </Button>
      </form>
    </search>
  );
};

const Nobody = ({ asked }: { readonly asked: string | null }) => {
  const people = useWords("operatorPeople");
  return (
    <EmptyState icon="people" title={asked === null ? people.nobodyStopped : people.nobodyFound}>
      {asked === null ? people.nobodyStoppedText : people.nobodyFoundText}
    </EmptyState>
  );
};

const List = ({ of, caption }: { readonly of: readonly FoundPerson[]; readonly caption: string }) => {
  const people = useWords("operatorPeople");
  const language = useLanguage();
  const columns: readonly Column<FoundPerson>[] = [
    { key: "person", head: people.person, bare: true, cell: ({ profile }) => <Who of={profile} /> },
    { key: "login", head: people.login, cell: ({ login }) => login ?? "–" },
    {
      key: "standing",
      head: people.standing,
      cell: ({ standing }) => {
        const { word, tone } = standingOf(standing, people);
        return <Badge tone={tone}>{word}</Badge>;
      },
    },
    {
      key: "owes",
      head: people.owes,
      figures: true,
      cell: ({ standing: { owed } }) => (owed === 0 ? "–" : <Amount kopecks={owed} />),
    },
    {
      key: "seen",
      head: people.lastSeen,
      cell: ({ profile: { last_seen_at: at } }) => <time dateTime={at}>{dayAndTime(at, language)}</time>,
    },
    {
      key: "action",
      head: people.action,
      bare: true,
      cell: ({ profile }) => (
        <Link
          to="/operator/people/$personId"
          params={{ personId: profile.id }}
          className={buttonClass({ kind: "secondary", small: true })}
        >
          {people.open}
        </Link>
      ),
    },
  ];
  return <Table caption={caption} columns={columns} items={of} idOf={({ profile }) => profile.id} />;
};

const Who = ({ of }: { readonly of: FoundPerson["profile"] }) => (
  <div className={css.who}>
    <strong>
      <Name of={of} />
    </strong>
    <Muted>{of.id}</Muted>
  </div>
);
