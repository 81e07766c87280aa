/** A file of the chat as evidence: the picture beside its hash, which is counted anew from the bytes that came. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Case } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { nameOf } from "./names.ts";
import { type Bytes, evidenceQuery, fileAddress } from "./queries.ts";
import type { FileTold } from "./story.ts";

type Props = { readonly of: Case; readonly file: FileTold; readonly onClose: () => void };

export const Evidence = ({ of, file, onClose }: Props) => {
  const text = useText();
  const operator = useWords("operator");
  const language = useLanguage();
  const query = useQuery(evidenceQuery(of.order_id, file.id));
  return (
    <Dialog
      title={<bdi>{file.name}</bdi>}
      onClose={onClose}
      actions={
        <a href={`${fileAddress(of.order_id, file.id)}?original=true`} download className={buttonClass()}>
          {operator.saveOriginal}
        </a>
      }
    >
      <Loaded query={query}>{(bytes) => <Shown file={file} bytes={bytes} />}</Loaded>
      <Rows
        rows={[
          { label: operator.sender, value: <bdi>{nameOf(of, file.sender, text)}</bdi> },
          { label: operator.sentAt, value: dayAndTime(file.at, language) },
          { label: operator.sha256, value: <code className={css.hash}>{file.sha256}</code>, copy: file.sha256 },
          ...(file.originalSha256 === file.sha256
            ? []
            : [
                {
                  label: operator.originalSha256,
                  value: <code className={css.hash}>{file.originalSha256}</code>,
                  copy: file.originalSha256,
                },
              ]),
        ]}
      />
    </Dialog>
  );
};

const Shown = ({ file, bytes: { blob, sha256 } }: { readonly file: FileTold; readonly bytes: Bytes }) => {
  const operator = useWords("operator");
  const address = useObjectUrl(blob);
  return (
    <>
      {file.type.startsWith("image/") && address !== null && (
        <img className={css.evidence} src={address} alt={operator.attachment({ name: file.name })} />
      )}
      {sha256 !== null &&
        (sha256 === file.sha256 ? (
          <Notice tone="done">{operator.hashHolds}</Notice>
        ) : (
          <Notice tone="danger">{operator.hashDiffers({ hash: sha256 })}</Notice>
        ))}
    </>
  );
};

const useObjectUrl = (blob: Blob): string | null => {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return address;
};
