/** Where a line is written: a draft per order, files with their limits said before, and "Send". */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useEnterSends } from "../../data/enter.ts";
import { useUploads } from "../../data/uploads.ts";
import { draft } from "../../kernel/storage.ts";
import { Button } from "../../ui/Button.tsx";
import { FileList, FilePicker } from "../../ui/Files.tsx";
import { FINE_POINTER, useMedia } from "../../ui/useMedia.ts";
import { useWords } from "../../ui/words.ts";
import css from "./Composer.module.css";

/** As long as the server takes. */
const MAX_TEXT = 2_000;

const isPlainEnter = ({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean =>
  key === "Enter" && !shiftKey && !nativeEvent.isComposing;

/** What is written and not sent stays in this browser, whatever becomes of the page. */
const useDraft = (orderId: number) => {
  const kept = draft(`chat.${orderId}`);
  const [text, setText] = useState(() => kept.read() ?? "");
  useEffect(() => {
    if (text === "") kept.forget();
    else kept.write(text);
  }, [text, kept]);
  return [text, setText] as const;
};

type Props = {
  readonly orderId: number;
  readonly onSend: (text: string, attachments: readonly string[]) => void;
};

export const Composer = ({ orderId, onSend }: Props) => {
  const chat = useWords("chat");
  const [text, setText] = useDraft(orderId);
  const field = useRef<HTMLTextAreaElement>(null);
  const uploads = useUploads(orderId);
  // At a desk, unless it was switched off; on a phone Enter always begins a new line.
  const isAtKeyboard = useMedia(FINE_POINTER);
  const enterSends = useEnterSends() && isAtKeyboard;
  const send = () => {
    if (uploads.isUploading) return;
    if (text.trim() === "" && uploads.ready.length === 0) return field.current?.focus();
    onSend(text, uploads.ready);
    setText("");
    uploads.clear();
  };

  return (
    <form
      className={css.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <FileList files={uploads.files} faults={uploads.faults} onRemove={uploads.remove} />
      <div className={css.row}>
        <FilePicker onPick={uploads.add} />
        <textarea
          ref={field}
          className={css.text}
          rows={1}
          aria-label={chat.placeholder}
          placeholder={chat.placeholder}
          maxLength={MAX_TEXT}
          enterKeyHint={enterSends ? "send" : "enter"}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (!enterSends || !isPlainEnter(event)) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length > 0) uploads.add(files);
          }}
        />
        {/* The list above says how far the files have come: that is the reason. */}
        <Button type="submit" disabled={uploads.isUploading}>
          {chat.send}
        </Button>
      </div>
    </form>
  );
};
