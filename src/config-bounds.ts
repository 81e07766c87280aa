/** What an operator may set of what the listeners hold everybody to, and where metrics are. */
import { type Bounds, DEFAULT_BOUNDS, parseNetwork } from "./http/index.ts";

/** The part of the configuration's reader that is needed here. */
type Read = {
  text(name: string): string | null;
  integer(name: string, fallback: number, min: number, max: number): number;
  fault(sentence: string): void;
};

/** Above it there is no limit to speak of. */
const MAX_RATE = 1_000_000;
const MAX_CONNECTIONS = 1_000_000;
const MAX_ENTRIES = 100;
const MAX_PORT = 65_535;

const readList = (read: Read, name: string, allowed: string, isEntry: (text: string) => boolean): readonly string[] => {
  const given = read.text(name);
  if (given === null) return [];
  const entries = given.split(",").map((entry) => entry.trim());
  if (entries.length <= MAX_ENTRIES && entries.every(isEntry)) return entries;
  read.fault(`${name} is "${given}"; allowed are up to ${MAX_ENTRIES} ${allowed}, separated by commas`);
  return [];
};

/** As a browser writes it: nothing behind host and port, no default port, small letters. */
const isOrigin = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") && url.origin === text;
};

/** They stand in a header and in a page, and what may frame us may not be changed on its way. */
const isEmbedOrigin =
  (isLoopback: (host: string) => boolean) =>
  (text: string): boolean => {
    if (!isOrigin(text) || !/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocol === "https:" || isLoopback(hostname);
  };

/** Sites that may frame the web app. */
export const readEmbedOrigins = (read: Read, isLoopback: (host: string) => boolean): readonly string[] =>
  readList(
    read,
    "EMBED_ORIGINS",
    "origins such as https://app.example, or http on a loopback host",
    isEmbedOrigin(isLoopback),
  );

export const readBounds = (read: Read): Bounds => {
  const { rates, admission } = DEFAULT_BOUNDS;
  const rate = (name: string, fallback: number) => read.integer(name, fallback, 1, MAX_RATE);
  const connections = (name: string, fallback: number) => read.integer(name, fallback, 1, MAX_CONNECTIONS);
  return {
    rates: {
      writes: rate("WRITES_PER_10_SECONDS", rates.writes),
      reads: rate("READS_PER_10_SECONDS", rates.reads),
      anonymous: rate("ANONYMOUS_READS_PER_10_SECONDS", rates.anonymous),
    },
    admission: {
      ...admission,
      connections: connections("CONNECTIONS", admission.connections),
      connectionsPerAddress: connections("CONNECTIONS_PER_ADDRESS", admission.connectionsPerAddress),
    },
    trustedProxies: readList(
      read,
      "TRUSTED_PROXIES",
      "addresses or networks such as 10.0.0.0/8 and ::1",
      (text) => parseNetwork(text) !== null,
    ),
    corsOrigins: readList(read, "CORS_ORIGINS", "origins such as https://app.example", isOrigin),
  };
};

/** The usual port where nobody else can reach it; elsewhere none, until one is chosen. */
const USUAL_METRICS_PORT = 8_082;

type Ports = { readonly port: number; readonly railPort: number; readonly isLoopback: boolean };

/** Null: no metrics are served. A second installation on a machine takes whatever port is free. */
export const readMetricsPort = (read: Read, { port, railPort, isLoopback }: Ports): number | null => {
  const usual = port === 8_080 && railPort === 8_081 ? USUAL_METRICS_PORT : 0;
  if (read.text("METRICS_PORT") === null) return isLoopback ? usual : null;
  const given = read.integer("METRICS_PORT", usual, 0, MAX_PORT);
  if (given !== 0 && (given === port || given === railPort))
    read.fault(`METRICS_PORT is ${given}, and so is another port; allowed is one of its own, or 0 for any`);
  return given;
};
