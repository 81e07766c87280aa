/** Who may add files to an order's chat, and how many: so many at once, so much in all. */
import { type Refusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import type { OrderState, Trader } from "../tables/index.ts";
import { takesFiles } from "./lines.ts";

/** Of one node: whoever has no place sends nothing that would lie on its disk. */
export const UPLOADS = {
  /** Each may be on the disk with its copy until it is decided on. */
  all: 100,
  /** Those of one message may come together. */
  each: LIMITS.attachmentsPerMessage,
} as const;

/** What `refuseFile` says no with. */
export const FILE_RULES = ["INVALID_ORDER_STATUS", "VALIDATION_ERROR", "PAYLOAD_TOO_LARGE"] as const;

/** Of an order, what decides about its files. */
export const FILE_COLUMNS = [
  "status",
  "completedAt",
  "cancelledAt",
  "paymentClaim",
  "paymentClaimEndedAt",
  "files",
  "fileBytes",
] as const satisfies readonly (keyof OrderState)[];

type OrderFiles = Pick<OrderState, (typeof FILE_COLUMNS)[number]>;

/** @param size bytes, as it was sent */
export const refuseFile = (
  order: OrderFiles,
  sender: Pick<Trader, "fileBytes">,
  size: number,
): RefusalOf<typeof FILE_RULES> | undefined => {
  if (!takesFiles(order)) return refuse("INVALID_ORDER_STATUS", { status: order.status });
  if (order.files >= LIMITS.attachmentsPerOrder) {
    return invalid({ pointer: "/file", message: `an order holds at most ${LIMITS.attachmentsPerOrder} files` });
  }
  return (
    refuseBytes("order", order.fileBytes + size, LIMITS.orderFileBytes) ??
    refuseBytes("user", sender.fileBytes + size, LIMITS.traderFileBytes)
  );
};

const refuseBytes = (of: "order" | "user", bytes: number, limit: number): Refusal<"PAYLOAD_TOO_LARGE"> | undefined =>
  bytes > limit ? refuse("PAYLOAD_TOO_LARGE", { limit, of }) : undefined;
