/** Somebody leaves what is not published: nothing is lost unless they say so. */
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { useWords } from "../../ui/words.ts";

type Props = { readonly onStay: () => void; readonly onLeave: () => void; readonly onDiscard: () => void };

export const LeaveDialog = ({ onStay, onLeave, onDiscard }: Props) => {
  const adEditor = useWords("adEditor");
  return (
    <Dialog
      title={adEditor.leaveTitle}
      onClose={onStay}
      focus="first"
      actions={
        <>
          <Button kind="danger" onClick={onDiscard}>
            {adEditor.discard}
          </Button>
          <Button onClick={onLeave}>{adEditor.leave}</Button>
          <Button data-first="" onClick={onStay}>
            {adEditor.stay}
          </Button>
        </>
      }
    >
      <p>{adEditor.leaveText}</p>
    </Dialog>
  );
};
