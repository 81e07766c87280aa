/** One audit of one system, over a connection of its own. What it found is kept, for operators to see. */
import pg from "pg";
import { type Instant, instant } from "../../kernel/index.ts";
import { openSession, type Proof, prove } from "./session.ts";

/** Breaches reported per check; the rest is counted. */
const REPORTED = 20;
/** For folds of a million accounts; a connection has to be told before it makes its first temporary table. */
const TEMP_BUFFERS = "128MB";

export type Finding = { readonly check: string; readonly count: number; readonly faults: readonly string[] };
export type Audit = {
  readonly checks: number;
  readonly findings: readonly Finding[];
  /** What was proven before that was not proven again; null: everything was proven. */
  readonly since: Instant | null;
};

export type AuditOptions = {
  /** Of a role that may read everything and write the marks, such as the serving one. */
  readonly connectionString: string;
  /** Everything is proven, and not only what came since the last audit that found nothing. True unless set. */
  readonly whole?: boolean;
  /** Called for the first breaches of each check as they are found. */
  readonly onFault?: (check: string, fault: string) => void;
};

/** @param system the schema */
export const runAudit = async (
  system: string,
  proofs: readonly Proof[],
  { connectionString, whole = true, onFault = () => {} }: AuditOptions,
): Promise<Audit> => {
  const client = new pg.Client({
    connectionString,
    application_name: "parley audit",
    options: `-c temp_buffers=${TEMP_BUFFERS}`,
  });
  await client.connect();
  const begun = performance.now();
  try {
    const session = await openSession(client, { system, whole });
    const found = new Map<string, { count: number; readonly faults: string[] }>();
    for await (const { check, fault } of prove(session, proofs)) {
      const finding = found.get(check) ?? { count: 0, faults: [] };
      found.set(check, finding);
      finding.count++;
      if (finding.count > REPORTED) continue;
      finding.faults.push(fault);
      onFault(check, fault);
    }
    if (found.size === 0) await session.save();
    const checks = new Set(proofs.flatMap((proof) => proof.checks)).size;
    const since = session.since === null ? null : instant(Number(session.since.get("at")));
    const findings = [...found].map(([check, finding]) => ({ check, ...finding }));
    await client.query(
      "insert into engine.audit_results (system, whole, took_ms, checks, findings) values ($1, $2, $3, $4, $5)",
      [system, whole, Math.round(performance.now() - begun), checks, JSON.stringify(findings)],
    );
    return { checks, findings, since };
  } finally {
    await client.end();
  }
};
