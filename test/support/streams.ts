/** An event stream that is open, for tests that wait for what it says, or for its end. */
import { request } from "node:http";
import type { Market } from "./market.ts";

export type OpenStream = {
  /** What it said so far. */
  text(): string;
  /** Resolves when the server ends it. */
  readonly ended: Promise<void>;
};

/** Opens the event stream of a node, as whom the headers name. */
export const openStream = (market: Market, headers: Readonly<Record<string, string>>, node: number): OpenStream => {
  let text = "";
  const ended = new Promise<void>((resolve, reject) => {
    const url = `${market.nodes[node]?.address}/api/v1/p2p/events`;
    const sent = request(url, { headers, agent: false }, (response) => {
      response.on("data", (chunk) => (text += chunk));
      response.on("end", resolve);
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end();
  });
  return { text: () => text, ended };
};
