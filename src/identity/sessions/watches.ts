/** Streams that go on for as long as a session or a token does: told when it is over, or when it may do something else. */
import type { Pool } from "pg";
import type { Role } from "../../http/index.ts";
import { IS_ALIVE } from "./rows.ts";

/** A session or a token, which has no roles. */
type Row = { readonly id: string; readonly person_id: string; readonly roles: readonly Role[] };

type Watched = { readonly personId: string; readonly roles: string; readonly listeners: Set<() => void> };

export type Watches = {
  /** @returns how to stop */
  add(row: Row, listener: () => void): () => void;
  suspect(people: ReadonlySet<string> | null): void;
  /** Tells those whose session or token is over, of whoever changed. Rejects when the database does not answer; asked again, it goes on. */
  look(): Promise<void>;
};

const rolesText = (roles: readonly Role[]): string => roles.toSorted().join(" ");

export const createWatches = (pool: Pool): Watches => {
  const watched = new Map<string, Watched>();
  const suspects = new Set<string>();
  return {
    add({ id, person_id, roles }, listener) {
      const present = watched.get(id) ?? { personId: person_id, roles: rolesText(roles), listeners: new Set() };
      watched.set(id, present);
      present.listeners.add(listener);
      // It may have ended between the look that admitted the request and now.
      suspects.add(id);
      return () => {
        present.listeners.delete(listener);
        if (present.listeners.size === 0 && watched.get(id) === present) watched.delete(id);
      };
    },
    suspect(people) {
      for (const [id, { personId }] of watched) if (people === null || people.has(personId)) suspects.add(id);
    },
    async look() {
      if (suspects.size === 0) return;
      const ids = [...suspects];
      const { rows } = await pool.query<Pick<Row, "id" | "roles">>({
        name: "sessions and tokens that are alive",
        text: `select s.id, p.roles from identity.sessions s join identity.people p on p.id = s.person_id
          where s.id = any($1) and ${IS_ALIVE}
          union all select id, '{}' from identity.tokens where id = any($1) and expires_at > now()`,
        values: [ids],
      });
      const alive = new Map(rows.map(({ id, roles }) => [id, rolesText(roles)]));
      for (const id of ids) {
        suspects.delete(id);
        const one = watched.get(id);
        if (one === undefined || alive.get(id) === one.roles) continue;
        watched.delete(id);
        for (const listener of [...one.listeners]) listener();
      }
    },
  };
};
