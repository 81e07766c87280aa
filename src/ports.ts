/** Whether the ports are to be had, asked before anything is made: a start that finds one taken leaves nothing behind. */
import { once } from "node:events";
import { createServer } from "node:net";
import { type Config, ConfigError } from "./config.ts";

type Ports = Pick<Config, "host" | "port" | "railPort" | "metricsPort">;

const codeOf = (error: unknown): string => String(Reflect.get(Object(error), "code"));

/** @returns what is wrong with it, and what to do */
const faultOf = (host: string, name: string, port: number, code: string): string => {
  const other = `allowed is another ${name}, or 0 for any that is free`;
  if (code === "EADDRINUSE")
    return `${name} is ${port}, and a program listens there already; stop that one, or ${other}`;
  if (code === "EACCES") return `${name} is ${port}, where this user may not listen; ${other}`;
  return `HOST is "${host}", where this machine cannot listen (${code}); allowed is an address of its own`;
};

/** @returns what is wrong with it; null: nothing */
const tryPort = async (host: string, name: string, port: number): Promise<string | null> => {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen({ host, port, exclusive: true });
    await listening;
    const closed = once(server, "close");
    server.close();
    await closed;
    return null;
  } catch (error) {
    return faultOf(host, name, port, codeOf(error));
  }
};

/** @property fault a sentence where it cannot be listened on */
export type TriedPort = { readonly name: string; readonly number: number; readonly fault: string | null };

export const tryPorts = ({ host, port, railPort, metricsPort }: Ports): Promise<readonly TriedPort[]> => {
  const wanted = { PORT: port, RAIL_PORT: railPort, METRICS_PORT: metricsPort };
  const asked = Object.entries(wanted).flatMap(([name, number]) => (number === null ? [] : [[name, number] as const]));
  return Promise.all(asked.map(async ([name, number]) => ({ name, number, fault: await tryPort(host, name, number) })));
};

/** @throws ConfigError */
export const demandPorts = async (ports: Ports): Promise<void> => {
  const tried = await tryPorts(ports);
  const faults = [...new Set(tried.flatMap(({ fault }) => fault ?? []))];
  if (faults.length > 0) throw new ConfigError(faults);
};
