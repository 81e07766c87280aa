/** The one place that ends a return request. It only moves forward: created, then completed or failed. */
import type { Instant } from "../../kernel/index.ts";
import type { ReturnRequest } from "../tables/index.ts";

/** @param failure why it failed, where it says */
export const ended = (
  request: ReturnRequest,
  status: "completed" | "failed",
  failure: string | null,
  now: Instant,
): ReturnRequest => {
  if (request.status !== "created") throw new Error("a return request ends once");
  return { ...request, status, failure, endedAt: now };
};
