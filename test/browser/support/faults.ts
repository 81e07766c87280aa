/**
 * What a page must never do, collected while it does something else: errors in the console, exceptions nobody caught, reports
 * of the Content-Security-Policy, requests to other hosts.
 */
import type { BrowserContext, ConsoleMessage } from "playwright-core";

/** A refusal of the rules is an answer like any other; Chromium calls every one of these an error all the same. */
const REFUSED = /^Failed to load resource: the server responded with a status of (4\d\d|503) /;

export type Faults = {
  /** From now on what matches is meant to happen: a network that was cut, a server that was killed. */
  expect(pattern: RegExp): void;
  /** What was collected and is not expected. */
  found(): readonly string[];
  /** The same, and begins anew: for one page of several. */
  take(): readonly string[];
};

const isRefusal = (message: ConsoleMessage): boolean =>
  REFUSED.test(message.text()) && new URL(message.location().url, "http://nowhere").pathname.startsWith("/api/");

export const collectFaults = (context: BrowserContext, origin: string): Faults => {
  const faults: string[] = [];
  const expected: RegExp[] = [];
  context.on("console", (message) => {
    const kind = message.type();
    if ((kind !== "error" && kind !== "warning") || isRefusal(message)) return;
    faults.push(`console ${kind}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error().stack ?? error.error().message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && new URL(url).origin !== origin) faults.push(`a request to another host: ${url}`);
  });
  const found = () => faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)));
  return {
    expect: (pattern) => {
      expected.push(pattern);
    },
    found,
    take: () => {
      const taken = found();
      faults.length = 0;
      return taken;
    },
  };
};
