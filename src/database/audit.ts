/** Proves in one snapshot what must be true, while everything goes on. */
import pg from "pg";

/** @property sql selects one text column, `fault`, for each breach; nothing when all is well */
export type Check = { readonly name: string; readonly sql: string };

/** Breaches told per check; the rest is counted. */
const TOLD = 20;

export type Finding = { readonly check: string; readonly count: number; readonly faults: readonly string[] };
export type Audit = { readonly checks: number; readonly findings: readonly Finding[] };

/** @param connectionString of a role that may read; the audit writes nothing */
export const runChecks = async (connectionString: string, checks: readonly Check[]): Promise<Audit> => {
  const client = new pg.Client({ connectionString, application_name: "parley audit" });
  await client.connect();
  try {
    await client.query("begin transaction isolation level repeatable read read only");
    const findings: Finding[] = [];
    for (const { name, sql } of checks) {
      const { rows } = await client.query<{ fault: string }>(sql);
      const faults = rows.slice(0, TOLD).map(({ fault }) => fault);
      if (rows.length > 0) findings.push({ check: name, count: rows.length, faults });
    }
    await client.query("rollback");
    return { checks: checks.length, findings };
  } finally {
    await client.end();
  }
};
