/** Files that go into the order's chat, such as the receipt of a payment: with an act that is confirmed, or by themselves. */
import { useRef } from "react";
import { sendLine } from "../../data/lines.ts";
import { newKey, useAct } from "../../data/mutations.ts";
import { type Uploads, useUploads } from "../../data/uploads.ts";
import { Button } from "../../ui/Button.tsx";
import { FileList, FilePicker } from "../../ui/Files.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import type { Refusal } from "./dialog.ts";
import css from "./Step.module.css";

type Enclosed = {
  readonly uploads: Uploads;
  /** Before the act itself: an act that is refused, or repeated, sends no line twice. @returns why not */
  readonly send: () => Promise<Refusal | null>;
};

/** What a dialog sends along. */
export const useEnclosed = (orderId: number): Enclosed => {
  const uploads = useUploads(orderId);
  /** The same files are the same line. */
  const lines = useRef(new Map<string, string>());
  const send = async () => {
    const { ready, clear } = uploads;
    if (ready.length === 0) return null;
    const files = ready.join();
    const clientId = lines.current.get(files) ?? newKey();
    lines.current.set(files, clientId);
    const result = await sendLine({ orderId, clientId, text: "", attachments: ready });
    if (result.ok) clear();
    return result.ok ? null : result;
  };
  return { uploads, send };
};

type FieldProps = {
  readonly uploads: Uploads;
  readonly word: string;
  /** What is being sent is no longer changed. */
  readonly disabled: boolean;
};

/** Optional in a dialog: the button that chooses files, and those that were chosen. */
export const EnclosedField = ({ uploads, word, disabled }: FieldProps) => {
  const { common } = useText();
  return (
    <div className={css.step}>
      <FilePicker word={`${word} (${common.optional})`} disabled={disabled} onPick={uploads.add} />
      <FileList files={uploads.files} faults={uploads.faults} onRemove={uploads.remove} />
    </div>
  );
};

/** By themselves, while the other side looks. */
export const SendReceipt = ({ orderId }: { readonly orderId: number }) => {
  const orderRoom = useWords("orderRoom");
  const uploads = useUploads(orderId);
  const act = useAct({
    send: (attachments: readonly string[], { key }) => sendLine({ orderId, clientId: key, text: "", attachments }),
    onDone: uploads.clear,
  });
  return (
    <div className={css.step}>
      <FilePicker word={orderRoom.attachReceipt} disabled={act.state !== "idle"} onPick={uploads.add} />
      <FileList files={uploads.files} faults={uploads.faults} onRemove={uploads.remove} />
      {uploads.ready.length > 0 && (
        <div>
          <Button busy={act.busy} disabled={uploads.isUploading} onClick={() => act.submit(uploads.ready)}>
            {orderRoom.sendReceipt}
          </Button>
        </div>
      )}
      <Refused error={act.failure} />
    </div>
  );
};
