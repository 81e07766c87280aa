/** Removes a passkey; "Keep it" has the focus. The last way into an account stays: the server says so. */
import { useAct } from "../../data/mutations.ts";
import { EndDialog } from "../../ui/EndDialog.tsx";
import { useWords } from "../../ui/words.ts";
import { askAnew, type Passkey, removePasskey } from "./queries.ts";

export const RemovePasskeyDialog = ({ of, onClose }: { readonly of: Passkey; readonly onClose: () => void }) => {
  const words = useWords("security");
  const done = () => {
    onClose();
    void askAnew();
  };
  const act = useAct({
    send: removePasskey,
    onDone: done,
    onRefused: ({ code }) => {
      // Another tab was first.
      if (code === "NOT_FOUND") done();
    },
  });
  return (
    <EndDialog
      title={words.passkeyRemoveTitle}
      end={words.passkeyRemove}
      keep={words.passkeyKeep}
      busy={act.busy}
      error={act.failure}
      onEnd={() => act.submit(of.id)}
      onClose={onClose}
    >
      <p>{words.passkeyRemoveText({ name: of.name })}</p>
    </EndDialog>
  );
};
