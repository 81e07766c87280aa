/** Delete: for ever, and orders under way go on; "Keep it" has the focus. */
import { useAct } from "../../data/mutations.ts";
import { forgetOwnAd } from "../../data/own-ads.ts";
import type { OwnAd } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
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
    <Dialog
      title={myAds.deleteTitle}
      onClose={onClose}
      focus="first"
      locked={act.state !== "idle"}
      actions={
        <>
          <Button kind="danger" busy={act.busy} onClick={() => act.submit(ad.id)}>
            {myAds.deleteConfirm}
          </Button>
          <Button data-first="" onClick={onClose} disabled={act.state !== "idle"}>
            {myAds.keep}
          </Button>
        </>
      }
    >
      <p>{myAds.deleteText}</p>
      {orders > 0 && <p>{myAds.deleteOrders({ n: orders })}</p>}
      <Refused error={act.failure} />
    </Dialog>
  );
};
