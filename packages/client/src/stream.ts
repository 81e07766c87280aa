/**
 * The event stream: it resumes from the last place after every break, renews its token when that ends, and never comes back
 * faster than its back-off allows.
 */
import type { Connection } from "./connection.ts";
import { noAnswer, ParleyError } from "./failures.ts";
import { createFrameReader, type Frame } from "./frames.ts";
import type { Token } from "./tokens.ts";
import type { AnyFailure, Schemas } from "./types.ts";
import { backOffMs, createPatience, isGivenUp, retryAfterMs, sleep, unlessGivenUp } from "./waiting.ts";

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
  let refused: Token | undefined;
  while (!isGivenUp(signal)) {
    onState("connecting");
    const opened = Date.now();
    let token: Token | undefined;
    let end: LegEnd = { kind: "broken" };
    try {
      token = await unlessGivenUp(connection.tokens.get(refused), signal);
      for await (const step of openLeg(connection, { place, token, signal })) {
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
    if (end.kind === "refused" && !(end.status === 401 && connection.tokens.renews && refused === undefined))
      throw new ParleyError(end.failure);
    refused = end.kind === "refused" || end.kind === "token" ? token : undefined;
    failures = Date.now() - opened > STREAM.goodMs ? 0 : failures + 1;
    // The first break is mended at once.
    if (failures === 0 || (refused !== undefined && failures === 1)) continue;
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

type Leg = { readonly place: string | null; readonly token: Token; readonly signal: AbortSignal | undefined };

/** One connection, from its opening to its end. */
async function* openLeg(connection: Connection, { place, token, signal }: Leg): AsyncGenerator<Step, void, void> {
  // A phone that changed its network hears of no end.
  const silence = createPatience(STREAM.silenceMs, signal);
  try {
    const headers = connection.headersFor(token);
    headers.accept = "text/event-stream";
    if (place !== null) headers["last-event-id"] = place;
    const response = await connection.send(connection.urlOf(STREAM.path), { headers, signal: silence.signal });
    if (!response.ok || response.body === null) {
      yield { kind: "end", end: await refusalOf(response) };
      return;
    }
    let isLive = false;
    const read = createFrameReader();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      silence.anew();
      // The first frame bears the place: from here on nothing is missed.
      if (!isLive) yield { kind: "live" };
      isLive = true;
      for (const frame of read(piece.value)) {
        const step = stepOf(frame);
        yield step;
        if (step.kind === "end") return;
      }
    }
  } finally {
    silence.end();
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
