/** Processor time of processes that do not tell it themselves, from `/proc`; not a number where there is none. */
import { readdir, readFile } from "node:fs/promises";

/** Of `/proc`: it counts hundredths of a second. */
const TICK_MS = 10;

type Times = { readonly parent: number; readonly own: number; readonly ended: number };

/** What a process used itself, and what those of its children did that have ended. Fields: proc(5). */
const timesOf = async (pid: number): Promise<Times | null> => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [parent = 0] = fields.slice(1, 2);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { parent, own: (user + system) * TICK_MS, ended: (endedUser + endedSystem) * TICK_MS };
};

/** @returns milliseconds of a process and of all its children, also those that have ended */
export const familyCpuMs = async (pid: number): Promise<number> => {
  const names = await readdir("/proc").catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const [head, all] = await Promise.all([timesOf(pid), Promise.all(pids.map(timesOf))]);
  if (head === null) return Number.NaN;
  return all.reduce((sum, times) => (times?.parent === pid ? sum + times.own : sum), head.own + head.ended);
};

/** @returns milliseconds of our own children that have ended, such as pgbench */
export const endedCpuMs = async (): Promise<number> => (await timesOf(process.pid))?.ended ?? Number.NaN;
