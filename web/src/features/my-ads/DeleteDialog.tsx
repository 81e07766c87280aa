/** Delete: for ever, and orders under way go on; "Keep it" has the focus. */
import { useAct } from "../../data/mutations.ts";
import { forgetOwnAd } from "../../data/own-ads.ts";
import type { OwnAd } from "../../data/types.ts";
import { EndDialog } from "../../ui/EndDialog.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useWords } from "../../ui/words.ts";
import { deleteAd } from "./queries.ts";

type Props = { readonly ad: OwnAd; readonly orders: number; readonly onClose: () => void };

export const DeleteDialog = ({ ad, orders, onClose }: Props) => {
  const myAds = useWords("myAds");
  const toast = useToast();
  const done = () => {
    onClose();
    toast({ icon: "trash", text: myAds.deleted });
    forgetOwnAd(ad.id);
  };
  const act = useAct({
    send: deleteAd,
    onDone: done,
    onRefused: ({ code }) => {
      // Another tab was first.
      if (code === "AD_NOT_FOUND") done();
    },
  });
  return (
    <EndDialog
      title={myAds.deleteTitle}
      end={myAds.deleteConfirm}
      keep={myAds.keep}
      busy={act.busy}
      error={act.failure}
      onEnd={() => act.submit(ad.id)}
      onClose={onClose}
    >
      <p>{myAds.deleteText}</p>
      {orders > 0 && <p>{myAds.deleteOrders({ n: orders })}</p>}
    </EndDialog>
  );
};
