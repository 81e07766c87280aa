/** Settles the orders of a phone whose alias or search changed, one by one, after the change. Any node may do it. */
import type { Pool } from "pg";
import { type Command, submitAll, type WorkerDeps } from "../../engine/index.ts";
import { settleSearch } from "./settle-search.ts";

/** Looked at in one round. */
const AT_ONCE = 500;

export type AliasFollowersDeps = WorkerDeps & {
  readonly chores: Pool;
  /** Fails a request that relies on an alias that no longer exists. */
  readonly dropPayRequest: Command<{ readonly guid: string }, null>;
  /** Banks that are suspended at this moment. */
  readonly unavailable: () => readonly string[];
  /** Gives up the place of a phone on an account that it left. */
  readonly leavePlace: Command<Place, null>;
};

type Place = { readonly account: string; readonly hash: string };
type Change = { readonly id: number; readonly phone_hash: string };

/**
 * After an alias changed: settles the orders that wait for that phone, drops the unpaid requests that count on another
 * account, and gives up the places on accounts that it left. What was read is removed when all of it is done.
 */
export const createAliasFollowers = (deps: AliasFollowersDeps): (() => Promise<void>) => {
  const { chores, dropPayRequest, leavePlace, unavailable } = deps;

  /** @returns whether nothing is left to do for this phone */
  const follow = async (hash: string): Promise<boolean> => {
    const { rows: waiting } = await chores.query<{ guid: string }>({
      text: `select order_guid as guid from rail.order_states where phone_hash = $1 and status = 'pending' limit ${AT_ONCE}`,
      values: [hash],
    });
    const { rows: unpaid } = await chores.query<{ guid: string }>({
      text: `select r.guid from rail.pay_requests r join rail.order_states s on s.order_guid = r.order_guid
        join rail.phones p on p.hash = r.phone_hash
        where r.phone_hash = $1 and r.status = 'completed' and r.payment_guid is null
          and (p.account, p.participant_guid) is distinct from (s.creditor_account, s.creditor_participant_guid) limit ${AT_ONCE}`,
      values: [hash],
    });
    const { rows: places } = await chores.query<Place>({
      text: "select account, phone_hash as hash from rail.account_phones where phone_hash = $1 and kept",
      values: [hash],
    });
    const settled = await submitAll(
      deps,
      settleSearch,
      waiting.map(({ guid }) => ({ guid, unavailable: unavailable() })),
    );
    const dropped = await submitAll(deps, dropPayRequest, unpaid);
    const left = await submitAll(deps, leavePlace, places);
    const whole = waiting.length < AT_ONCE && unpaid.length < AT_ONCE;
    return whole && [...settled, ...dropped, ...left].every((answer) => answer !== null);
  };

  return async () => {
    const { rows } = await chores.query<Change>(
      `select id, phone_hash from rail.phone_changes order by id limit ${AT_ONCE}`,
    );
    for (const [hash, changes] of Map.groupBy(rows, ({ phone_hash }) => phone_hash)) {
      if (!(await follow(hash))) continue;
      // Those that were read, and no other: what changed meanwhile is followed next.
      await chores.query({
        text: "delete from rail.phone_changes where id = any($1::int8[])",
        values: [changes.map(({ id }) => id)],
      });
    }
  };
};
