/**
 * Texts that make careless readers slow, the routes to send them to, and a measure of what a request costs that no busy
 * neighbour can spoil: the processor time of the event loop's own thread.
 */
import type { Agent } from "node:http";
import { type HttpCall, type Json, type Reply, sendHttp } from "./http.ts";

/** Of a text that repeats what it is given, with an end that fits nowhere: there, what was matched in vain begins anew. */
const again =
  (part: string, end = "x") =>
  (length: number): string =>
    part.repeat(Math.max(1, Math.floor((length - end.length) / part.length))) + end;

const members =
  (name: (index: number) => string) =>
  (length: number): string => {
    const texts: string[] = [];
    for (let size = 2, index = 0; ; index++) {
      const text = `${JSON.stringify(name(index))}:1`;
      size += text.length + 1;
      if (size > length) return `{${texts.join(",")}}`;
      texts.push(text);
    }
  };

/** By what they are: a text of about so many bytes. */
export const SHAPES: Readonly<Record<string, (length: number) => string>> = {
  "line feeds": again("\n"),
  "line ends": again("\r\n"),
  blanks: again(" "),
  tabs: again("\t"),
  dots: again("."),
  "dots and letters": again("a."),
  slashes: again("/"),
  "opening brackets": again("["),
  "nested objects": again('{"a":', "1"),
  "one name again and again": members(() => "a"),
  "thousands of names": members((index) => `n${index}`),
  "names that are numbers far apart": members((index) => String(index * 65_536)),
  backslashes: again("\\\\", '"'),
  "escaped dots": (length) => `{"jwt":"${again("\\u002e", "")(length - 10)}"}`,
  "a number without an end": (length) => `{"amount":${again("1", "e")(length - 11)}}`,
  "combining marks": again("\u0301\u0316"),
  quotes: again('"', "\\"),
  "percent signs": again("%25", "%"),
  "pairs of one name": again("a=&", "a"),
  "separators of lists": again(";, ", "="),
  "boundaries of parts": again("--x\r\n", "--x"),
  "letters of base64url": again("AAAA.AAAA.", "="),
  "marks of direction": again("\u200b\u202e"),
  "hosts and colons": again("::ffff:1@", "]"),
  "letters without an end": again("a", "!"),
};

export type Operation = {
  readonly method: string;
  /** With `{names}`. */
  readonly path: string;
  readonly query: readonly string[];
  /** Of a JSON body, or of the payload of a signed one. */
  readonly members: readonly string[];
  readonly types: readonly string[];
  readonly streams: boolean;
};

/** Every operation of an OpenAPI document. */
export const operationsOf = (document: Json): readonly Operation[] =>
  Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Json>(methods).map(([method, { parameters = [], requestBody, responses }]) => {
      const content = requestBody?.content ?? {};
      const schema = content["application/json"]?.schema ?? {};
      const payload = content["application/jwt"]?.schema.contentSchema ?? schema;
      return {
        method: method.toUpperCase(),
        path,
        query: parameters.filter((each: Json) => each.in === "query").map(({ name }: Json) => name),
        members: Object.keys(payload.properties ?? {}),
        types: Object.keys(content),
        streams: JSON.stringify(responses).includes("text/event-stream"),
      };
    }),
  );

/** What a header may hold; the rest would be refused by who sends it. */
export const asHeader = (text: string): string => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ",").trim();

/** As a part of a URL, cut within what a request's line may have. */
export const asUrl = (text: string, length: number): string => {
  const encoded = encodeURIComponent(text.toWellFormed().slice(0, length));
  return encoded.slice(0, length).replace(/%[0-9A-F]?$/, "");
};

/** One turn of the event loop may take so long, in milliseconds; the whole of a request is less here. */
export const LOOP_LIMIT_MS = 50;
/** Garbage is collected, and code compiled, at somebody's expense: what is slow by itself is slow each time. */
const TRIES = 4;

/** @returns the most processor time that this thread took in one turn of the event loop meanwhile, in milliseconds */
export const longestTurn = async (work: () => Promise<unknown>): Promise<number> => {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let longest = Number.POSITIVE_INFINITY;
  for (let left = TRIES; left > 0 && longest > LOOP_LIMIT_MS; left--) {
    let ofTry = 0;
    let before = spent();
    let isOver = false;
    const turn = () => {
      const now = spent();
      ofTry = Math.max(ofTry, now - before);
      before = now;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await work();
    isOver = true;
    turn();
    longest = Math.min(longest, ofTry);
  }
  return longest;
};

export type Measured = { readonly reply: Reply; readonly milliseconds: number };

/** Sends a request and reads its answer. @returns the least processor time that this thread took of all tries */
export const measure = async (agent: Agent, url: string, call: HttpCall): Promise<Measured> => {
  let best: Measured | null = null;
  for (let left = TRIES; left > 0 && (best === null || best.milliseconds > LOOP_LIMIT_MS); left--) {
    const before = process.threadCpuUsage();
    const reply = await sendHttp(agent, url, call);
    const { user, system } = process.threadCpuUsage(before);
    const milliseconds = (user + system) / 1_000;
    if (best === null || milliseconds < best.milliseconds) best = { reply, milliseconds };
  }
  return best as Measured;
};
