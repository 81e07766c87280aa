/**
 * The event stream: it resumes from the last place after every break, renews its token when that ends, and never comes back
 * faster than its back-off allows.
 */
import type { Connection } from "./connection.ts";
import { noAnswer, ParleyError } from "./failures.ts";
import { createFrameReader, type Frame } from "./frames.ts";
import type { AnyFailure, Schemas } from "./types.ts";
import { backOffMs, isGivenUp, retryAfterMs, sleep } from "./waiting.ts";

export type ParleyEvent = Exclude<Schemas["Event"], { readonly type: "end" }>;

/** `live`: whatever happens arrives. `waiting`: the connection is lost, and is opened again after a while. */
export type StreamState = "connecting" | "live" | "waiting";

/** @property after the `id` of the last event that was dealt with; left out: from now on */
export type StreamOptions = {
  readonly after?: string;
  readonly signal?: AbortSignal;
  readonly onState?: (state: StreamState) => void;
};

export const STREAM = {
  path: "/p2p/events",
  /** The server shows every 15 s that it is there: three that are missing, and the line is dead. */
  silenceMs: 45_000,
  longestWaitMs: 30_000,
  /** A stream that lived so long was a good one: the back-off begins anew. */
  goodMs: 10_000,
} as const;

/** @throws ParleyError when the server refuses: no right, or a token that cannot be renewed */
export async function* streamOf(
  connection: Connection,
  { after, signal, onState = () => {} }: StreamOptions,
): AsyncGenerator<ParleyEvent, void, void> {
  let place = after ?? null;
  let failures = 0;
  let renew = false;
  while (!isGivenUp(signal)) {
    onState("connecting");
    const opened = Date.now();
    const leg = openLeg(connection, { place, renew, signal });
    let end: LegEnd = { kind: "broken" };
    try {
      for await (const step of leg) {
        if (step.kind === "end") end = step.end;
        else if (step.kind === "live") onState("live");
        else {
          place = step.id ?? place;
          if (step.event !== null) yield step.event;
        }
      }
    } catch (error) {
      if (error instanceof ParleyError) throw error;
    }
    if (isGivenUp(signal)) return;
    if (end.kind === "refused" && !(end.status === 401 && connection.renews && !renew))
      throw new ParleyError(end.failure);
    renew = end.kind === "refused" || end.kind === "token";
    failures = Date.now() - opened > STREAM.goodMs ? 0 : failures + 1;
    // The first break is mended at once.
    if (failures === 0 || (renew && failures === 1)) continue;
    onState("waiting");
    const least = end.kind === "busy" ? (end.waitMs ?? 0) : 0;
    await sleep(Math.max(least, backOffMs(failures, STREAM.longestWaitMs)), signal);
  }
}

type LegEnd =
  | { readonly kind: "broken" }
  | { readonly kind: "token" }
  | { readonly kind: "busy"; readonly waitMs: number | null }
  | { readonly kind: "refused"; readonly status: number; readonly failure: AnyFailure };

type Step =
  | { readonly kind: "live" }
  | { readonly kind: "frame"; readonly id: string | null; readonly event: ParleyEvent | null }
  | { readonly kind: "end"; readonly end: LegEnd };

type Leg = { readonly place: string | null; readonly renew: boolean; readonly signal: AbortSignal | undefined };

/** One connection, from its opening to its end. */
async function* openLeg(connection: Connection, { place, renew, signal }: Leg): AsyncGenerator<Step, void, void> {
  const silence = createSilence(signal);
  try {
    const headers = await connection.headers(renew);
    headers.accept = "text/event-stream";
    if (place !== null) headers["last-event-id"] = place;
    const response = await connection.send(connection.urlOf(STREAM.path), { headers, signal: silence.signal });
    if (!response.ok || response.body === null) {
      yield { kind: "end", end: await refusalOf(response) };
      return;
    }
    yield { kind: "live" };
    const read = createFrameReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      silence.broken();
      for (const frame of read(piece.value)) {
        const step = stepOf(frame);
        yield step;
        if (step.kind === "end") return;
      }
    }
  } finally {
    silence.stop();
  }
}

const stepOf = ({ id, type, data }: Frame): Step => {
  if (type === "end") {
    const reason = data === null ? null : (JSON.parse(data) as { reason?: string }).reason;
    return { kind: "end", end: reason === "token_expired" ? { kind: "token" } : { kind: "broken" } };
  }
  const event = data === null ? null : ({ id: id ?? "", type, data: JSON.parse(data) } as ParleyEvent);
  return { kind: "frame", id, event };
};

const refusalOf = async (response: Response): Promise<LegEnd> => {
  const { status } = response;
  if (status === 429 || status >= 500) return { kind: "busy", waitMs: retryAfterMs(response.headers) };
  const failure = await response.json().catch((cause: unknown) => noAnswer(cause, null));
  return { kind: "refused", status, failure: failure as AnyFailure };
};

/** Ends a connection on which nothing has come for too long: a phone that changed its network hears of no end. */
const createSilence = (signal: AbortSignal | undefined) => {
  const own = new AbortController();
  const give = () => own.abort();
  let timer = setTimeout(give, STREAM.silenceMs);
  signal?.addEventListener("abort", give, { once: true });
  if (isGivenUp(signal)) give();
  return {
    signal: own.signal,
    broken() {
      clearTimeout(timer);
      timer = setTimeout(give, STREAM.silenceMs);
    },
    stop() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", give);
      own.abort();
    },
  };
};
