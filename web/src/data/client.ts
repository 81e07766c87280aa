/** The one client of the app. In the app it calls with the session's cookie; embedded, with the token of the host. */
import { type ConnectionOptions, createClient, type Result, unwrap } from "@parley/client";
import type { HostLink } from "../embed/frame.ts";
import { host } from "./host.ts";
import type { Failure } from "./types.ts";

const connectionOf = (link: HostLink | null): ConnectionOptions =>
  link === null ? { clientName: "web" } : { clientName: "embed", token: () => link.token(), credentials: "omit" };

export const api = createClient(connectionOf(host));

/** For queries: the answer, or the refusal thrown, which the page puts into words. */
export const ask = async <Answer>(call: Promise<Result<Answer, Failure>>): Promise<Answer> => unwrap(await call);
