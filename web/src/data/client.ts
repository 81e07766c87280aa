/** The one client of the app. In the app it calls with the session's cookie; embedded, with the token of the host. */
import { createClient, type Result, unwrap } from "@parley/client";
import type { Failure } from "./types.ts";

export const api = createClient({ clientName: "web" });

/** For queries: the answer, or the refusal thrown, which the page puts into words. */
export const ask = async <Answer>(call: Promise<Result<Answer, Failure>>): Promise<Answer> => unwrap(await call);
