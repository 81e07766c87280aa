/** The roles of somebody with an account here; a rail operator gives and takes them, never one's own. */
import { useState } from "react";
import { useMe } from "../../data/me.ts";
import { useAct } from "../../data/mutations.ts";
import type { PersonFacts, Role } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Muted, Stack } from "../../ui/Page.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./People.module.css";
import { changeRole, type RoleChange, refreshPeople } from "./queries.ts";

const ROLES = ["operator", "rail_operator", "platform"] as const satisfies readonly Role[];

export const Roles = ({ of }: { readonly of: PersonFacts }) => {
  const people = useWords("operatorPeople");
  const { data: me } = useMe();
  const [change, setChange] = useState<Omit<RoleChange, "id"> | null>(null);
  if (of.account === null) return <Muted>{people.noAccount}</Muted>;
  const { roles, login } = of.account;
  const mayChange = login !== null && me?.roles.includes("rail_operator") === true && me.profile.id !== of.profile.id;
  return (
    <Stack gap={8}>
      <ul className={css.roles}>
        {ROLES.map((role) => {
          const has = roles.includes(role);
          return (
            <li key={role} className={css.role}>
              <span>
                {people[role]}: <strong>{has ? people.has : people.hasNot}</strong>
              </span>
              {mayChange && (
                <Button small onClick={() => setChange({ role, act: has ? "remove" : "add" })}>
                  {has ? people.take : people.give}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Muted>{people.rolesText}</Muted>
      {change !== null && <RoleDialog of={of} change={change} onClose={() => setChange(null)} />}
    </Stack>
  );
};

type DialogProps = {
  readonly of: PersonFacts;
  readonly change: Omit<RoleChange, "id">;
  readonly onClose: () => void;
};

const RoleDialog = ({ of: { profile }, change, onClose }: DialogProps) => {
  const people = useWords("operatorPeople");
  const act = useAct({
    send: changeRole,
    onDone: () => {
      refreshPeople();
      onClose();
    },
  });
  const gives = change.act === "add";
  return (
    <Dialog
      title={
        <Say
          of={gives ? people.giveTitle : people.takeTitle}
          with={{ role: people[change.role], name: <Name of={profile} /> }}
        />
      }
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Button kind="danger" wide busy={act.busy} onClick={() => act.submit({ id: profile.id, ...change })}>
          {gives ? people.give : people.take}
        </Button>
      }
    >
      <p>{people.roleText}</p>
      <Refused error={act.failure} />
    </Dialog>
  );
};
