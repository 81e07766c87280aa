/** The audit trail of accounts: who did what to whom. Only ever added to. */
import type { PoolClient } from "pg";

export type Act = {
  readonly actor: string;
  readonly personId: string | null;
  readonly act: string;
  readonly details: object;
};

export const addAct = async (client: PoolClient, { actor, personId, act, details }: Act): Promise<void> => {
  await client.query({
    text: "insert into identity.acts (actor, person_id, act, details) values ($1, $2, $3, $4)",
    values: [actor, personId, act, JSON.stringify(details)],
  });
};
