/** The log. It says what broke and where, and not with whose data: PostgreSQL shows whole rows in an error's detail. */
import pino, { type Logger } from "pino";
import type { LogLevel } from "./config.ts";

/** What is told of an error. No other member is, whoever threw it: details, parameters and rows hold phones and accounts. */
const TOLD = ["type", "message", "stack", "code", "severity", "schema", "table", "column", "constraint", "syscall"];

const errorToTell = (error: Error): object => {
  const whole = pino.stdSerializers.err(error);
  return Object.fromEntries(TOLD.map((member) => [member, Reflect.get(whole, member)] as const));
};

export const createLog = (level: LogLevel): Logger => pino({ level, serializers: { err: errorToTell } });
