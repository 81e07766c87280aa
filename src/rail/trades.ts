/** What the rail offers to whoever settles trades over it: links to pay a seller by. */
import { uuidv7 } from "../engine/index.ts";
import { type Instant, isRefusal, SECOND } from "../kernel/index.ts";
import type { RailDeps } from "./deps.ts";
import {
  type CreateTradeLink,
  createTradeLink,
  findAnyOrder,
  pageUrl,
  SETTLEMENT,
  type TradeLink,
} from "./orders/index.ts";
import { decimalOf } from "./parsers/index.ts";
import { createParticipant } from "./participants/index.ts";
import { qrCode } from "./qr/index.ts";
import type { Mode } from "./tables/index.ts";

/** @property amount minor units */
export type Trade = Pick<CreateTradeLink, "mode" | "externalId" | "currency" | "purpose"> & {
  readonly phone: string;
  readonly amount: bigint;
  readonly expiresAt: Instant;
};

export type PayLink =
  | { readonly kind: "made"; readonly url: string; readonly qrCode: string }
  | {
      readonly kind: "refused";
      readonly reason: Extract<TradeLink, { kind: "refused" }>["reason"] | "UNSUPPORTED_CURRENCY" | "INVALID_PHONE";
    };

export type Trades = {
  /** Resolves when the participant that trades are settled by is there. */
  join(mode: Mode): Promise<void>;
  /** The same trade again is the same link. */
  createLink(trade: Trade): Promise<PayLink>;
  /** Null: it is the order of no trade. */
  externalIdOf(orderGuid: string): Promise<string | null>;
};

type TradesDeps = Pick<RailDeps, "executor" | "directory" | "phones" | "settings" | "pool" | "publicUrl">;

/** In the record of its acts. No operator has this name: a subject holds no blank. */
const INSTALLATION = { id: "this installation", production: true };
const CALLER = "settlement";

export const createTrades = ({ executor, directory, phones, settings, pool, publicUrl }: TradesDeps): Trades => ({
  async join(mode) {
    const guid = SETTLEMENT[mode];
    if (directory.participant(guid) !== undefined) return;
    const terms = {
      guid,
      mode,
      name: "Settlement of trades",
      bankCodes: [],
      callbackUrl: null,
      deeplinkUrl: null,
      profile: "strong",
      receiverSearch: false,
    } as const;
    const { outcome } = await executor.submit(
      createParticipant,
      { operator: INSTALLATION, terms, challenge: "" },
      { caller: CALLER },
    );
    if (isRefusal(outcome)) throw new Error(`the participant for trades was refused: ${outcome.refusal}`);
  },
  async createLink({ phone, amount, ...trade }) {
    if (!settings.currencies.includes(trade.currency)) return { kind: "refused", reason: "UNSUPPORTED_CURRENCY" };
    if (!settings.phonePattern.test(phone)) return { kind: "refused", reason: "INVALID_PHONE" };
    const { outcome } = await executor.submit(
      createTradeLink,
      {
        ...trade,
        phoneHash: phones.hash(trade.mode, phone),
        amount: { minor: amount, text: decimalOf(amount) },
        guid: uuidv7(),
        unavailable: directory.suspended(),
      },
      { caller: CALLER, deadlineMs: 5 * SECOND },
    );
    if (isRefusal(outcome)) throw new Error(`a link for a trade was refused: ${outcome.refusal}`);
    if (outcome.kind === "refused") return outcome;
    const url = pageUrl(publicUrl(), outcome.guid);
    return { kind: "made", url, qrCode: await qrCode(url) };
  },
  externalIdOf: async (orderGuid) => (await findAnyOrder(pool, orderGuid))?.order.externalId ?? null,
});
