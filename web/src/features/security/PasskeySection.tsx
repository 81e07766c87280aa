/** One's own passkeys: what each is called, since when, last used; one is added, one is removed. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { factorQuery } from "../../data/factor.ts";
import { usePasskeys } from "../../data/passkeys.ts";
import { dayAndTime, dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Section, Stack } from "../../ui/Page.tsx";
import { type Column, RowAct, Table } from "../../ui/Table.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { AddPasskeyDialog } from "./AddPasskeyDialog.tsx";
import { type Passkey, passkeysQuery } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { RemovePasskeyDialog } from "./RemovePasskeyDialog.tsx";

export const PasskeySection = ({ hasPassword }: { readonly hasPassword: boolean }) => {
  const words = useWords("security");
  const query = useQuery(passkeysQuery);
  return (
    <Section title={words.passkeys}>
      <Stack>
        <p>{words.passkeysText}</p>
        <Loaded query={query} skeleton={<SkeletonLines count={2} />}>
          {(passkeys) => (
            <>
              {passkeys.length > 0 && <List of={passkeys} />}
              {!hasPassword && passkeys.length === 1 && <Alone />}
            </>
          )}
        </Loaded>
        <Adding />
      </Stack>
    </Section>
  );
};

/** For who would be shut out with the loss of one thing. */
const Alone = () => {
  const words = useWords("security");
  const { data } = useQuery(factorQuery);
  return data?.recovery_codes_left === 0 ? <Notice tone="soon">{words.passkeyAlone}</Notice> : null;
};

const Adding = () => {
  const words = useWords("security");
  const passkeys = usePasskeys();
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const done = (recoveryCodes: readonly string[] | null) => {
    setOpen(false);
    setCodes(recoveryCodes);
  };
  if (passkeys !== "here") return <p>{passkeys === "no-name" ? words.passkeysNoName : words.passkeysNoBrowser}</p>;
  return (
    <div>
      <Button icon="key" onClick={() => setOpen(true)}>
        {words.passkeyAdd}
      </Button>
      {open && <AddPasskeyDialog onDone={done} onClose={() => setOpen(false)} />}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </div>
  );
};

const List = ({ of }: { readonly of: readonly Passkey[] }) => {
  const words = useWords("security");
  const language = useLanguage();
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const columns: readonly Column<Passkey>[] = [
    {
      key: "name",
      head: words.passkeyName,
      bare: true,
      cell: ({ name }) => (
        <strong>
          <bdi>{name}</bdi>
        </strong>
      ),
    },
    { key: "since", head: words.passkeySince, cell: ({ created_at }) => dayOf(created_at, language) },
    {
      key: "last",
      head: words.last,
      cell: ({ last_used_at: at }) => (at === null ? words.never : dayAndTime(at, language)),
    },
    {
      key: "remove",
      head: words.action,
      bare: true,
      cell: (passkey) => (
        <RowAct>
          <Button
            kind="danger"
            small
            icon="trash"
            aria-label={words.passkeyRemoveWhat({ name: passkey.name })}
            onClick={() => setRemoving(passkey)}
          >
            {words.passkeyRemove}
          </Button>
        </RowAct>
      ),
    },
  ];
  return (
    <>
      <Table caption={words.passkeys} columns={columns} items={of} idOf={({ id }) => id} />
      {removing && <RemovePasskeyDialog of={removing} onClose={() => setRemoving(null)} />}
    </>
  );
};
