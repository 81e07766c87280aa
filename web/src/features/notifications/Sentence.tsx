/** The sentence of a notice: on the page with the name as a piece of its own, elsewhere as plain text. */
import { counterpartyOf } from "../../data/orders.ts";
import type { Words } from "../../locales/index.ts";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import type { Told } from "./told.ts";

const securityText = (notices: Words["notices"], { security, device }: Exclude<Told["says"], string>): string =>
  device === null ? notices.security[security] : `${notices.security[security]}: ${device}`;

export const Sentence = ({ of: { says, order, orderId } }: { readonly of: Told }) => {
  const notices = useWords("notices");
  if (typeof says !== "string") return <bdi>{securityText(notices, says)}</bdi>;
  return (
    <Say
      of={notices.happened[says]}
      with={{ id: String(orderId), name: order === null ? "" : <Name of={counterpartyOf(order)} /> }}
    />
  );
};

/** Characters that keep a name's direction its own where there are no elements. */
const ISOLATE = "\u2068";
const END_ISOLATE = "\u2069";

/** @param nameless in place of a name that is not there */
export const plainSentence = (notices: Words["notices"], nameless: string, { says, order, orderId }: Told): string => {
  if (typeof says !== "string") return securityText(notices, says);
  const name = order === null ? "" : `${ISOLATE}${counterpartyOf(order).name ?? nameless}${END_ISOLATE}`;
  return notices.happened[says]({ id: String(orderId), name });
};
