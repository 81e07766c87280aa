/** Files that somebody adds: the button that chooses them, with the limits said before, and the list of those on their way. */
import { useRef } from "react";
import { Button, IconButton } from "./Button.tsx";
import css from "./Files.module.css";
import { Icon } from "./Icon.tsx";
import { useWords } from "./words.ts";

/** What the server takes, by content. */
export const ACCEPTED = ["image/jpeg", "image/png", "image/webp", "application/pdf"] as const;

export type Waiting = {
  readonly key: string;
  readonly name: string;
  readonly state: "uploading" | "done" | "failed";
  /** Of it that is sent, 0 to 1; null where that is not known. */
  readonly share: number | null;
};

type PickerProps = {
  readonly onPick: (files: readonly File[]) => void;
  /** On a button with words; without, it is an icon. */
  readonly word?: string;
  readonly disabled?: boolean;
};

export const FilePicker = ({ onPick, word, disabled = false }: PickerProps) => {
  const chat = useWords("chat");
  const picker = useRef<HTMLInputElement>(null);
  const choose = () => picker.current?.click();
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
      {word === undefined ? (
        <IconButton icon="attach" label={`${chat.attach}: ${chat.attachLimits}`} disabled={disabled} onClick={choose} />
      ) : (
        <div className={css.choose}>
          <Button icon="attach" disabled={disabled} onClick={choose}>
            {word}
          </Button>
          <p className={css.state}>{chat.attachLimits}</p>
        </div>
      )}
    </>
  );
};

type ListProps = {
  readonly files: readonly Waiting[];
  /** What was wrong with others. */
  readonly faults: readonly string[];
  readonly onRemove: (key: string) => void;
};

/** Each can be taken back. */
export const FileList = ({ files, faults, onRemove }: ListProps) => {
  const chat = useWords("chat");
  return (
    <>
      {faults.map((fault) => (
        <p key={fault} className={css.fault} role="alert">
          {fault}
        </p>
      ))}
      {files.length > 0 && (
        <ul className={css.files}>
          {files.map(({ key, name, state, share }) => (
            <li key={key} className={css.file}>
              <Icon name={state === "failed" ? "warning" : "file"} />
              <bdi className={css.name}>{name}</bdi>
              {state === "uploading" && <Sent share={share} />}
              <IconButton icon="close" label={chat.removeFile({ name })} onClick={() => onRemove(key)} />
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
