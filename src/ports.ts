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

/** @returns a sentence for each that cannot be listened on */
export const takenPorts = async ({ host, port, railPort, metricsPort }: Ports): Promise<readonly string[]> => {
  const wanted = { PORT: port, RAIL_PORT: railPort, METRICS_PORT: metricsPort };
  const asked = Object.entries(wanted).flatMap(([name, number]) => (number === null ? [] : [[name, number] as const]));
  const faults = await Promise.all(asked.map(([name, number]) => tryPort(host, name, number)));
  return [...new Set(faults.filter((fault) => fault !== null))];
};

/** @throws ConfigError */
export const demandPorts = async (ports: Ports): Promise<void> => {
  const faults = await takenPorts(ports);
  if (faults.length > 0) throw new ConfigError(faults);
};
