/** Where a line is written: a draft per order, files with their limits said before, and "Send". */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { draft } from "../../kernel/storage.ts";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Composer.module.css";
import { ACCEPTED, type Uploads, useUploads } from "./uploads.ts";

/** As long as the server takes. */
const MAX_TEXT = 2_000;

/** On a desk Enter sends and Shift with it begins a new line; on a phone Enter always begins one. */
const isSendKey = ({ key, shiftKey, nativeEvent }: KeyboardEvent): boolean =>
  key === "Enter" && !shiftKey && !nativeEvent.isComposing && matchMedia("(pointer: fine)").matches;

type Props = {
  readonly orderId: number;
  readonly onSend: (text: string, attachments: readonly string[]) => void;
};

export const Composer = ({ orderId, onSend }: Props) => {
  const chat = useWords("chat");
  const kept = draft(`chat.${orderId}`);
  const [text, setText] = useState(() => kept.read() ?? "");
  const uploads = useUploads(orderId);
  useEffect(() => {
    if (text === "") kept.forget();
    else kept.write(text);
  }, [text, kept]);

  const isReady = (text.trim() !== "" || uploads.ready.length > 0) && !uploads.isUploading;
  const send = () => {
    if (!isReady) return;
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
      <Waiting uploads={uploads} />
      <div className={css.row}>
        <Picker onPick={uploads.add} />
        <textarea
          className={css.text}
          rows={1}
          aria-label={chat.placeholder}
          placeholder={chat.placeholder}
          maxLength={MAX_TEXT}
          enterKeyHint="send"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (!isSendKey(event)) return;
            event.preventDefault();
            send();
          }}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length > 0) uploads.add(files);
          }}
        />
        <Button type="submit" disabled={!isReady}>
          {chat.send}
        </Button>
      </div>
    </form>
  );
};

/** The files that go with the next line, each of which can be taken back, and what was wrong with others. */
const Waiting = ({ uploads }: { readonly uploads: Uploads }) => {
  const chat = useWords("chat");
  return (
    <>
      {uploads.faults.map((fault) => (
        <p key={fault} className={css.fault} role="alert">
          {fault}
        </p>
      ))}
      {uploads.files.length > 0 && (
        <ul className={css.files}>
          {uploads.files.map(({ key, name, state, share }) => (
            <li key={key} className={css.file}>
              <Icon name={state === "failed" ? "warning" : "file"} />
              <bdi className={css.name}>{name}</bdi>
              {state === "uploading" && <Sent share={share} />}
              <IconButton icon="close" label={chat.removeFile({ name })} onClick={() => uploads.remove(key)} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
};

/** How far a file has come; until that is known, that it is on its way. */
const Sent = ({ share }: { readonly share: number | null }) => {
  const chat = useWords("chat");
  if (share === null) return <span className={css.state}>{chat.sending}</span>;
  const percent = String(Math.floor(share * 100));
  return (
    <>
      <progress className={css.progress} value={share} aria-hidden="true" />
      <span className={css.state}>{chat.uploading({ percent })}</span>
    </>
  );
};

const Picker = ({ onPick }: { readonly onPick: (files: readonly File[]) => void }) => {
  const chat = useWords("chat");
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={picker}
        type="file"
        accept={ACCEPTED.join(",")}
        multiple
        hidden
        onChange={({ target }) => {
          onPick([...(target.files ?? [])]);
          target.value = "";
        }}
      />
      <IconButton
        icon="attach"
        label={`${chat.attach}: ${chat.attachLimits}`}
        onClick={() => picker.current?.click()}
      />
    </>
  );
};
