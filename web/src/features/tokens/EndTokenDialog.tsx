/** End a token: programs that use it stop within a second; "Keep it" has the focus. */
import { useAct } from "../../data/mutations.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useWords } from "../../ui/words.ts";
import { askAnew, endToken, type Token } from "./queries.ts";

export const EndTokenDialog = ({ of, onClose }: { readonly of: Token; readonly onClose: () => void }) => {
  const words = useWords("tokens");
  const toast = useToast();
  const done = () => {
    onClose();
    toast({ icon: "check", text: words.ended });
    void askAnew();
  };
  const act = useAct({
    send: endToken,
    onDone: done,
    onRefused: ({ code }) => {
      // Another tab was first.
      if (code === "NOT_FOUND") done();
    },
  });
  return (
    <Dialog
      title={words.endTitle}
      onClose={onClose}
      focus="first"
      locked={act.state !== "idle"}
      actions={
        <>
          <Button kind="danger" busy={act.busy} onClick={() => act.submit(of.id)}>
            {words.endConfirm}
          </Button>
          <Button data-first="" onClick={onClose} disabled={act.state !== "idle"}>
            {words.keep}
          </Button>
        </>
      }
    >
      <p>{words.endText({ name: of.name })}</p>
      <Refused error={act.failure} />
    </Dialog>
  );
};
