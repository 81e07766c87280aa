/** One click, and somebody is a person of the sample market. Only where all money is made up. */
import { transact } from "../../database/index.ts";
import type { DemoPerson, IdentityDeps } from "../deps.ts";
import { beginSession, type Whence } from "../sessions/index.ts";

/** @returns the secret of a session that counts as if the second factor had been given */
export const signInAsDemo = (
  { acts }: Pick<IdentityDeps, "acts">,
  { id, name, roles }: DemoPerson,
  whence: Whence,
): Promise<string> =>
  transact(acts, async (client) => {
    await client.query({
      text: `insert into identity.people (id, name, roles, demo) values ($1, $2, $3, true)
        on conflict (id) do update set roles = excluded.roles where people.demo`,
      values: [id, name, roles],
    });
    return beginSession(client, { ...whence, personId: id, steppedUp: true });
  });
