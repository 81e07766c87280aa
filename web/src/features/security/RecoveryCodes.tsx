/** Recovery codes, this once; the dialog closes when its reader says that they are saved. */
import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Security.module.css";

type Props = { readonly codes: readonly string[]; readonly onClose: () => void };

export const RecoveryCodes = ({ codes, onClose }: Props) => {
  const words = useWords("security");
  return (
    <Dialog
      title={words.codesTitle}
      onClose={onClose}
      locked
      actions={
        <Button kind="primary" wide onClick={onClose}>
          {words.codesSaved}
        </Button>
      }
    >
      <Stack>
        <Notice tone="soon">{words.codesText}</Notice>
        <ul className={css.codes}>
          {codes.map((code) => (
            <li key={code} className={css.key}>
              {code}
            </li>
          ))}
        </ul>
        <div>
          <CopyButton text={codes.join("\n")} what={words.codesCopy} />
        </div>
      </Stack>
    </Dialog>
  );
};
