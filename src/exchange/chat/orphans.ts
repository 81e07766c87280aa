/**
 * Removes files that no row names: a crash came between keeping one and the commit, or that commit never came about. With
 * them goes what never arrived whole.
 */
import type { Pool } from "pg";
import type { FileStore } from "../../files/index.ts";
import { HOUR } from "../../kernel/index.ts";

/** Files looked at in one round; the next goes on where it ended. */
const FILES_AT_ONCE = 1_000;
/** Longer than any request, so that what is on its way to its row is left alone. */
const ORPHANED_AFTER_MS = HOUR;

export const createOrphanSweep = (files: FileStore, chores: Pool): (() => Promise<void>) => {
  let after = "";
  return async () => {
    await files.sweep();
    const kept = await files.list(after, FILES_AT_ONCE);
    after = kept.length < FILES_AT_ONCE ? "" : (kept.at(-1)?.id ?? "");
    const ids = kept.filter(({ keptAt }) => keptAt < Date.now() - ORPHANED_AFTER_MS).map(({ id }) => id);
    const { rows } = await chores.query<{ id: string }>({
      name: "known files",
      text: "select id from exchange.attachments where id = any($1)",
      values: [ids],
    });
    // When all are unknown, this is rather another database's directory than one of orphans.
    if (rows.length === 0) return;
    const known = new Set(rows.map(({ id }) => id));
    for (const id of ids) if (!known.has(id)) await files.remove(id);
  };
};
