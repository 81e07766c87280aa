/** What tests of chats, files and disputes say again and again. */
import { createHash } from "node:crypto";
import { PNG } from "pngjs";
import type { Call, CallOptions, Json, Market, Reply } from "./market.ts";
import { assertDone, someone, type Trade, type TradeOptions, trade } from "./trades.ts";

/** A small picture, another one for each text. */
export const png = (text = "a picture"): Buffer => {
  const picture = new PNG({ width: 4, height: 4 });
  const shades = createHash("sha512").update(text).digest();
  for (let at = 0; at < picture.data.length; at++) picture.data[at] = at % 4 === 3 ? 255 : (shades[at] ?? 0);
  return PNG.sync.write(picture);
};

/** As many bytes as wanted that are taken for a document. */
export const pdf = (size = 200, text = "a document"): Buffer =>
  Buffer.concat([Buffer.from(`%PDF-1.7\n%${text}\n`), Buffer.alloc(size)]).subarray(0, size);

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

export type Part = {
  /** `file` unless said otherwise. */
  readonly name?: string;
  /** Null: a field, no file. */
  readonly filename?: string | null;
  readonly type?: string;
  readonly bytes: Buffer;
};

const BOUNDARY = "----parley-test-boundary";
export const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

export const form = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name = "file", filename = "receipt.png", type = "image/png", bytes }) => {
      const file = filename === null ? "" : `; filename="${filename}"\r\nContent-Type: ${type}`;
      const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
      return [Buffer.from(head), bytes, Buffer.from("\r\n")];
    }),
    Buffer.from(`--${BOUNDARY}--\r\n`),
  ]);

export const attachmentsOf = ({ id }: Json): string => `/p2p/orders/${id}/attachments`;

export const upload = (
  call: Call,
  order: Json,
  parts: Buffer | readonly Part[],
  options: CallOptions = {},
): Promise<Reply> =>
  call("POST", attachmentsOf(order), undefined, {
    ...options,
    raw: form(Buffer.isBuffer(parts) ? [{ bytes: parts }] : parts),
    headers: { "content-type": MULTIPART, ...options.headers },
  });

export const messagesOf = ({ id }: Json): string => `/p2p/orders/${id}/messages`;
export const say = (call: Call, order: Json, message: string, more: object = {}, options?: CallOptions) =>
  call("POST", messagesOf(order), { message, ...more }, options);

export const operatorCall = (call: Call, { id }: Json, path: string, body?: object, options?: CallOptions) =>
  call("POST", `/operator/orders/${id}/${path}`, body, options);

export type Case = Trade & { readonly operator: string; readonly asOperator: Call };

/** A disputed order, with an operator assigned to it. */
export const disputed = async (market: Market, options: TradeOptions = {}): Promise<Case> => {
  const found = await trade(market, { ...options, status: "disputed" });
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  assertDone(await operatorCall(asOperator, found.order, "assign"));
  return { ...found, operator, asOperator };
};

/** Every line of a chat, page by page. */
export const linesOf = async (call: Call, order: Json, options?: CallOptions): Promise<Json[]> => {
  const lines: Json[] = [];
  for (;;) {
    const after = lines.at(-1)?.seq ?? 0;
    const page = assertDone(await call("GET", `${messagesOf(order)}?limit=100&after_seq=${after}`, undefined, options));
    lines.push(...page.items);
    if (!page.has_more) return lines;
  }
};

export const actsOf = (market: Market, { id }: Json): Promise<Json[]> =>
  market.sql(`select operator_id, act, details from exchange.operator_acts where order_id = ${id} order by id`);
