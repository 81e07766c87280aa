/** End a token: programs that use it stop within a second; "Keep it" has the focus. */
import { useAct } from "../../data/mutations.ts";
import { EndDialog } from "../../ui/EndDialog.tsx";
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
    <EndDialog
      title={words.endTitle}
      end={words.endConfirm}
      keep={words.keep}
      busy={act.busy}
      error={act.failure}
      onEnd={() => act.submit(of.id)}
      onClose={onClose}
    >
      <p>{words.endText({ name: of.name })}</p>
    </EndDialog>
  );
};
