/** Where the payment over the rail stands: the link to pay by for the buyer, and what the banks have said for both. */
import type { Order } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { Notice, type Tone } from "../../ui/Notice.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Step.module.css";

type Settlement = NonNullable<Order["settlement"]>;

const TONES: Readonly<Record<Settlement["state"], Tone>> = {
  preparing: "info",
  payable: "info",
  paying: "soon",
  paid: "soon",
  settled: "done",
  late: "danger",
  failed: "danger",
};

/** A bank's own words are shown as they are. */
const useReason = (reason: string | null): string => {
  const { railReasons } = useWords("orderRoom");
  return (railReasons as Readonly<Record<string, string>>)[reason ?? ""] ?? reason ?? "";
};

export const RailPayment = ({ order }: { readonly order: Order }) =>
  order.settlement === null ? null : <Settled settlement={order.settlement} />;

const Settled = ({ settlement }: { readonly settlement: Settlement }) => {
  const { railStates, railPay, railQr } = useWords("orderRoom");
  const reason = useReason(settlement.reason);
  const { state, deeplinks_page_url: page, qr_code: qr } = settlement;
  return (
    <>
      <Notice tone={TONES[state]} aloud>
        {railStates[state]} {reason}
      </Notice>
      {page !== null && (
        <p>
          <a className={buttonClass({ wide: true })} href={page} target="_blank" rel="noopener noreferrer">
            {railPay}
          </a>
        </p>
      )}
      {qr !== null && <img className={css.qr} src={`data:image/png;base64,${qr}`} alt={railQr} />}
    </>
  );
};
