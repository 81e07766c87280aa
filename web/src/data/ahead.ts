/**
 * How the app reaches the server: with the session's cookie, or embedded with the token of the host. What the first page needs
 * is asked for here before the code that draws it has come; whoever asks for the same then, gets that answer, once.
 */
import { type Client, type ConnectionOptions, createClient } from "@parley/client";
import type { HostLink } from "../embed/frame.ts";
import { host } from "./host.ts";

const connectionOf = (link: HostLink | null): ConnectionOptions =>
  link === null ? { clientName: "web" } : { clientName: "embed", token: () => link.token(), credentials: "omit" };

export const plain = createClient(connectionOf(host));

type Asked = { readonly path?: object; readonly query?: object };

const asked = new Map<string, unknown>();

const nameOf = (path: string, { path: values, query }: Asked = {}): string => JSON.stringify([path, values, query]);

/** Asks now for what will be asked for in a moment. */
export const askAhead: Client["get"] = (path, ...rest) => {
  const answer = plain.get(path, ...rest);
  asked.set(nameOf(path, rest[0] as Asked | undefined), answer);
  return answer;
};

/** What was asked for ahead, else asks. */
export const takeAhead: Client["get"] = (path, ...rest) => {
  const name = nameOf(path, rest[0] as Asked | undefined);
  const answer = asked.get(name) as ReturnType<typeof plain.get<typeof path>> | undefined;
  asked.delete(name);
  return answer ?? plain.get(path, ...rest);
};

/** The first page stands: what nobody took is of then. */
export const forgetAhead = (): void => asked.clear();
