/** How far the rail's feed was handed on. */
import type { Pool } from "pg";
import type { Place } from "../engine/index.ts";

const NAME = "payments";

/** @param start where it begins the first time */
export const readCursor = async (pool: Pool, start: Place): Promise<Place> => {
  const { rows } = await pool.query<Place>({
    name: "settlement cursor",
    text: `with made as (insert into settlement.cursors (name, epoch, position) values ($1, $2, $3)
        on conflict do nothing returning epoch, position)
      select epoch, position from made union all select epoch, position from settlement.cursors where name = $1`,
    values: [NAME, start.epoch, start.position],
  });
  const [place] = rows;
  if (place === undefined) throw new Error("settlement.cursors has no row");
  return place;
};

/** Never back within an epoch: another node may be ahead. */
export const moveCursor = async (pool: Pool, { epoch, position }: Place): Promise<void> => {
  await pool.query({
    name: "move settlement cursor",
    text: `update settlement.cursors set epoch = $2, position = $3
      where name = $1 and (epoch <> $2 or position < $3)`,
    values: [NAME, epoch, position],
  });
};
