/** The log. It says what broke and where, and not with whose data: PostgreSQL shows whole rows in an error's detail. */
import pino, { type Logger } from "pino";
import type { LogLevel } from "./config.ts";

/** What is told of an error. No other member is, whoever threw it: details, parameters and rows hold phones and accounts. */
const TOLD = ["type", "message", "stack", "code", "severity", "schema", "table", "column", "constraint", "syscall"];

const errorToTell = (error: Error): object => {
  const whole = pino.stdSerializers.err(error);
  return Object.fromEntries(TOLD.map((member) => [member, Reflect.get(whole, member)] as const));
};

/** Where there is a line for each request they are written together, some times a second; at the end, whatever is left. */
const TOGETHER = { sync: false, minLength: 8 * 1_024, periodicFlush: 100 } as const;

export const createLog = (level: LogLevel): Logger => {
  const options = { level, serializers: { err: errorToTell } };
  const log = pino(options);
  return log.isLevelEnabled("info") ? pino(options, pino.destination(TOGETHER)) : log;
};
