/** Roles: given and taken by who may, never to oneself, each time with a line in the audit trail. */
import type { PoolClient } from "pg";
import type { Role } from "../../http/index.ts";
import { type Refusal, refuse } from "../../kernel/index.ts";
import type { Refused } from "../errors.ts";
import { addNotice, type MadeBy } from "../notices.ts";
import { noteChange } from "../sessions/index.ts";
import { addAct } from "../trail.ts";

export type ChangeRole = {
  readonly personId: string;
  readonly role: Role;
  readonly act: "add" | "remove";
  /** Who is noted as having done it. */
  readonly actor: string;
  readonly by: MadeBy;
};

/** @param idOrLogin as who runs the installation knows them @returns the id; null: nobody has an account here by it */
export const findPerson = async (client: PoolClient, idOrLogin: string): Promise<string | null> => {
  const { rows } = await client.query<{ id: string }>({
    text: "select id from identity.people where (id = $1 or login = lower($1)) and not demo order by id = $1 desc limit 1",
    values: [idOrLogin],
  });
  return rows[0]?.id ?? null;
};

export type RolesDocument = { readonly user_id: string; readonly roles: readonly Role[] };

/** What is so already is no act, and nobody is told. */
export const changeRole = async (
  client: PoolClient,
  { personId, role, act, actor, by }: ChangeRole,
): Promise<RolesDocument | Refusal<Refused | "USER_NOT_FOUND">> => {
  if (personId === actor) return refuse("FORBIDDEN");
  const { rows } = await client.query<{ roles: readonly Role[] }>({
    text: "select roles from identity.people where id = $1 and not demo for no key update",
    values: [personId],
  });
  const before = rows[0]?.roles;
  if (before === undefined) return refuse("USER_NOT_FOUND");
  const roles = [...before.filter((each) => each !== role), ...(act === "add" ? [role] : [])].toSorted();
  if (before.includes(role) === (act === "add")) return { user_id: personId, roles: before };
  await client.query({ text: "update identity.people set roles = $2 where id = $1", values: [personId, roles] });
  await addAct(client, { actor, personId, act: `${act}-role`, details: { role } });
  await addNotice(client, personId, "roles_changed", by, { name: role });
  await noteChange(client, personId);
  return { user_id: personId, roles };
};
