/** Files of a line: thumbnails of one size that open in a viewer, and documents by their name. */
import { useState } from "react";
import type { Attachment } from "../../data/types.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./Files.module.css";
import { fileAddress } from "./queries.ts";

type Props = { readonly orderId: number; readonly files: readonly Attachment[] };

export const Files = ({ orderId, files }: Props) => {
  const { chat } = useText();
  const [viewed, setViewed] = useState<Attachment | null>(null);
  if (files.length === 0) return null;
  return (
    <div className={css.files}>
      {files.map((file) =>
        file.type.startsWith("image/") ? (
          <button key={file.id} type="button" className={css.thumb} onClick={() => setViewed(file)}>
            <img
              src={fileAddress(orderId, file.id)}
              alt={chat.picture({ name: file.name })}
              width={128}
              height={128}
              loading="lazy"
            />
          </button>
        ) : (
          <a key={file.id} className={css.document} href={fileAddress(orderId, file.id)} download={file.name}>
            <Icon name="file" />
            <bdi>{file.name}</bdi>
          </a>
        ),
      )}
      {viewed && (
        <Dialog title={<bdi>{viewed.name}</bdi>} onClose={() => setViewed(null)}>
          <img src={fileAddress(orderId, viewed.id)} alt={chat.picture({ name: viewed.name })} />
        </Dialog>
      )}
    </div>
  );
};
