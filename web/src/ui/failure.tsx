/** Refusals in words: a sentence for every code, with the figures that lead out of it. */
import type { ErrorFacts } from "../locales/errors.ts";
import { useMoney } from "./Amount.tsx";
import { Notice } from "./Notice.tsx";
import { useText } from "./text.tsx";

type Refusal = { readonly code: string; readonly message: string; readonly details?: unknown };

const DASH = "–";
const SECONDS_OF_MINUTE = 60;

/** A refusal, or an error that holds one, as the client throws it. */
const refusalOf = (error: unknown): Refusal | null => {
  if (typeof error !== "object" || error === null) return null;
  if ("failure" in error) return refusalOf(error.failure);
  return "code" in error && "message" in error && typeof error.code === "string" ? (error as Refusal) : null;
};

/** The sentence for an error. An unknown code shows the server's message and the code. */
export const useSentence = (): ((error: unknown) => string) => {
  const { common, errors } = useText();
  const { bare } = useMoney();
  return (error) => {
    const refusal = refusalOf(error);
    if (refusal === null) return common.failed;
    if (refusal.code === "NO_ANSWER" || refusal.code === "ABORTED") return common.noAnswer;
    const sentence = (errors as Readonly<Record<string, string | ((facts: ErrorFacts) => string)>>)[refusal.code];
    if (sentence === undefined) return common.unknownError({ message: refusal.message, code: refusal.code });
    if (typeof sentence === "string") return sentence;
    const details = (refusal.details ?? {}) as Readonly<Record<string, unknown>>;
    const amount = (...names: readonly string[]): string => {
      const found = names.map((name) => details[name]).find((value) => typeof value === "number");
      return typeof found === "number" ? bare(found) : DASH;
    };
    const waitOf = (seconds: unknown): string =>
      typeof seconds === "number" ? common.minutes({ n: Math.ceil(seconds / SECONDS_OF_MINUTE) }) : common.aLittle;
    const { required, wagered } = details;
    return sentence({
      min: amount("min_amount"),
      max: amount("max_amount"),
      left: amount("remaining_amount"),
      required: amount("required"),
      deposited: amount("deposited"),
      toWager: typeof required === "number" && typeof wagered === "number" ? bare(required - wagered) : DASH,
      available: amount("available"),
      owed: amount("owed"),
      fault: typeof details.fault === "string" ? details.fault : "",
      order: String(details.order_id ?? DASH),
      wait: details.reason === "strikes" ? common.hours({ n: 24 }) : waitOf(details.retry_after_seconds),
    });
  };
};

/** A refusal beside the button that met it. */
export const Refused = ({ error }: { readonly error: unknown }) => {
  const sentence = useSentence();
  return error === null || error === undefined ? null : (
    <Notice tone="danger" aloud>
      {sentence(error)}
    </Notice>
  );
};
