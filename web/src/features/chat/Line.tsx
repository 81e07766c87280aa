/** One line: own right, the other's left, the system's on the thread, an operator's over the whole width with a badge. */
import type { Message, Order } from "../../data/types.ts";
import { timeOfDay } from "../../kernel/time.ts";
import type { Words } from "../../locales/index.ts";
import { Refused } from "../../ui/failure.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { Files } from "./Files.tsx";
import css from "./Line.module.css";
import type { Outgoing } from "./outbox.ts";

const SYSTEM: Readonly<Record<string, keyof Words["chat"]>> = {
  create: "systemCreate",
  "confirm-paid": "systemConfirmPaid",
  "confirm-received": "systemConfirmReceived",
  cancel: "systemCancel",
  expire: "systemExpire",
  "call-operator": "systemCallOperator",
  "payment-link": "systemPaymentLink",
  "payment-opened": "systemPaymentOpened",
  "payment-announced": "systemPaymentAnnounced",
  "payment-confirmed": "systemPaymentConfirmed",
  "payment-arrived": "systemPaymentArrived",
  "payment-failed": "systemPaymentFailed",
  "payment-late": "systemPaymentLate",
};

/** A card's or a phone's digits, or the name of another messenger: somebody may be luring the reader away. */
const LURES = /(?:\d[\s-]?){10,}|telegram|whatsapp|viber|телегра|вотсап|ватсап|вайбер|@\w{4,}/i;

export const Line = ({ line, order }: { readonly line: Message; readonly order: Order }) => {
  const chat = useWords("chat");
  const language = useLanguage();
  const time = timeOfDay(line.created_at, language);
  if (line.kind === "system") {
    const action = (line.event as { action?: string } | null)?.action ?? "";
    const words = chat[SYSTEM[action] ?? "system"];
    return (
      <p className={css.system}>
        <span className={css.knot} aria-hidden="true" />
        <span>
          {SYSTEM[action] === undefined || typeof words !== "string" ? line.message : words}{" "}
          <time dateTime={line.created_at}>{time}</time>
        </span>
      </p>
    );
  }
  const isOwn = line.kind === "user" && line.sender === order[order.role].id;
  const side = line.kind === "operator" ? css.operator : isOwn ? css.own : css.other;
  return (
    <div className={`${css.line} ${side}`}>
      {line.kind === "operator" && (
        <Badge tone="info" icon="operator">
          {chat.operator}
        </Badge>
      )}
      {line.hidden ? (
        <p className={css.hiddenLine}>{chat.hidden}</p>
      ) : (
        <>
          {line.message !== "" && <p className={css.text}>{line.message}</p>}
          <Files orderId={order.id} files={line.attachments} />
        </>
      )}
      <p className={css.foot}>
        <time dateTime={line.created_at}>{time}</time>
        {isOwn && line.read_at !== null && <span>{chat.read({ time: timeOfDay(line.read_at, language) })}</span>}
      </p>
      {!isOwn && line.kind === "user" && LURES.test(line.message) && (
        <p className={css.caution}>
          <Icon name="warning" />
          {chat.caution}
        </p>
      )}
    </div>
  );
};

/** A line that is on its way. */
export const WaitingLine = ({
  line,
  onAgain,
}: {
  readonly line: Outgoing;
  readonly onAgain: (clientId: string) => void;
}) => {
  const chat = useWords("chat");
  return (
    <div className={`${css.line} ${css.own} ${css.waiting}`}>
      {line.text !== "" && <p className={css.text}>{line.text}</p>}
      {line.state === "sending" ? (
        <p className={css.foot}>{chat.sending}</p>
      ) : (
        <>
          <button type="button" className={css.again} onClick={() => onAgain(line.clientId)}>
            {chat.notSent}
          </button>
          <Refused error={line.failure} />
        </>
      )}
    </div>
  );
};
