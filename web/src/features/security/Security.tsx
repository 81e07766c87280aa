/** One's own security: passkeys, second factor, password, and where one is signed in. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSession } from "../../data/session.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { Page, Section, Stack } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { FactorSection } from "./FactorSection.tsx";
import { PasskeySection } from "./PasskeySection.tsx";
import { PasswordSection } from "./PasswordSection.tsx";
import { askAnew, endOthers, endSession, type SignedIn, sessionsQuery } from "./queries.ts";

export const Security = () => {
  const words = useWords("security");
  const { person } = useSession();
  // The demo's people have no login: everybody may be one of them by a click.
  const own = person === null || person.login === null ? null : person;
  return (
    <Page title={words.title} lead={words.lead}>
      {own && (
        <>
          <PasskeySection hasPassword={own.has_password} />
          <FactorSection />
          <PasswordSection hasPassword={own.has_password} />
        </>
      )}
      <Sessions />
    </Page>
  );
};

const useEnding = (end: (id: string | null) => Promise<unknown>) => {
  const words = useWords("security");
  const toast = useToast();
  return useMutation({
    mutationFn: end,
    onSuccess: () => toast({ icon: "check", text: words.ended }),
    onSettled: askAnew,
  });
};

const Sessions = () => {
  const words = useWords("security");
  const language = useLanguage();
  const query = useQuery(sessionsQuery);
  const { mutate, isPending, error } = useEnding((id) => (id === null ? endOthers() : endSession(id)));
  const columns: readonly Column<SignedIn>[] = [
    {
      key: "device",
      head: words.device,
      bare: true,
      cell: ({ device, current }) => (
        <>
          <strong>
            <bdi>{device}</bdi>
          </strong>{" "}
          {current && <Badge tone="done">{words.here}</Badge>}
        </>
      ),
    },
    { key: "address", head: words.address, cell: ({ address }) => address },
    { key: "since", head: words.since, cell: ({ since }) => dayAndTime(since, language) },
    { key: "last", head: words.last, cell: ({ last }) => dayAndTime(last, language) },
    {
      key: "end",
      head: words.action,
      bare: true,
      cell: ({ id, device, current }) =>
        current ? null : (
          <Button small disabled={isPending} aria-label={words.endWhat({ device })} onClick={() => mutate(id)}>
            {words.end}
          </Button>
        ),
    },
  ];
  return (
    <Section title={words.sessions}>
      <Loaded query={query} skeleton={<SkeletonLines count={3} />}>
        {(sessions) => (
          <Stack>
            <Table caption={words.sessions} columns={columns} items={sessions} idOf={({ id }) => id} />
            <Refused error={error} />
            {sessions.length > 1 && (
              <div>
                <Button disabled={isPending} onClick={() => mutate(null)}>
                  {words.endOthers}
                </Button>
              </div>
            )}
          </Stack>
        )}
      </Loaded>
    </Section>
  );
};
