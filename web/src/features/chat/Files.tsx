/** Files of a line: thumbnails of one size that open in a viewer, and documents by their name. */
import { useState } from "react";
import { hasAddresses, saveFile, useFileAddress } from "../../data/files.ts";
import type { Attachment } from "../../data/types.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Files.module.css";
import { fileAddress, loadFile, useLoadFile } from "./queries.ts";

type Props = { readonly orderId: number; readonly files: readonly Attachment[] };

export const Files = ({ orderId, files }: Props) => {
  const [viewed, setViewed] = useState<Attachment | null>(null);
  if (files.length === 0) return null;
  return (
    <div className={css.files}>
      {files.map((file) =>
        file.type.startsWith("image/") ? (
          <button key={file.id} type="button" className={css.thumb} onClick={() => setViewed(file)}>
            <Picture orderId={orderId} file={file} isThumb />
          </button>
        ) : (
          <Document key={file.id} orderId={orderId} file={file} />
        ),
      )}
      {viewed && (
        <Dialog title={<bdi>{viewed.name}</bdi>} onClose={() => setViewed(null)}>
          <Picture orderId={orderId} file={viewed} />
        </Dialog>
      )}
    </div>
  );
};

type One = { readonly orderId: number; readonly file: Attachment };

const THUMB = { width: 128, height: 128, loading: "lazy" } as const;

const Picture = ({ orderId, file, isThumb = false }: One & { readonly isThumb?: boolean }) => {
  const chat = useWords("chat");
  const src = useFileAddress(fileAddress(orderId, file.id), useLoadFile(orderId, file.id));
  return <img src={src} alt={chat.picture({ name: file.name })} {...(isThumb ? THUMB : {})} />;
};

const Document = ({ orderId, file }: One) => {
  const save = () => void saveFile(file.name, (signal) => loadFile(orderId, file.id, signal));
  const name = (
    <>
      <Icon name="file" />
      <bdi>{file.name}</bdi>
    </>
  );
  return hasAddresses ? (
    <a className={css.document} href={fileAddress(orderId, file.id)} download={file.name}>
      {name}
    </a>
  ) : (
    <button type="button" className={css.document} onClick={save}>
      {name}
    </button>
  );
};
