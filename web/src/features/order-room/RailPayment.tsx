/** Where the payment over the rail stands: what the banks have said for both, and the link as a picture for the buyer. */
import type { Order } from "../../data/types.ts";
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
  const { railStates, railQr } = useWords("orderRoom");
  const reason = useReason(settlement.reason);
  const { state, qr_code: qr } = settlement;
  return (
    <>
      <Notice tone={TONES[state]} aloud>
        {railStates[state]} {reason}
      </Notice>
      {qr !== null && <img className={css.qr} src={`data:image/png;base64,${qr}`} alt={railQr} />}
    </>
  );
};
