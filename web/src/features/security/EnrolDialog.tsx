/** Turns one-time codes on: scan or type the key, give the first code, keep the recovery codes. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { CodeField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { isWhole } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { QrCode } from "./QrCode.tsx";
import { type beginCodes, confirmCodes } from "./queries.ts";
import css from "./Security.module.css";

type Props = {
  readonly begun: Awaited<ReturnType<typeof beginCodes>>;
  readonly onDone: (recoveryCodes: readonly string[]) => void;
  readonly onClose: () => void;
};

export const EnrolDialog = ({ begun, onDone, onClose }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: confirmCodes,
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
    onError: () => {
      setCode("");
      setTried(false);
    },
  });
  return (
    <Dialog
      title={words.enrolTitle}
      onClose={onClose}
      locked={isPending}
      actions={
        <>
          <Button kind="primary" busy={isPending} onClick={() => (isWhole(code) ? mutate(code) : setTried(true))}>
            {words.enrolConfirm}
          </Button>
          <Button onClick={onClose} disabled={isPending}>
            {common.cancel}
          </Button>
        </>
      }
    >
      <Stack>
        <p>{words.enrolScan}</p>
        <QrCode text={begun.uri} label={words.enrolQr} />
        <p className={css.key}>
          {words.enrolKey}: <span data-key="">{begun.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")}</span>
        </p>
        <div>
          <CopyButton text={begun.secret} what={words.enrolKey} />
        </div>
        <p>{words.enrolCode}</p>
        <CodeField
          label={words.code}
          hint={words.codeHint}
          value={code}
          onChange={setCode}
          error={tried && !isWhole(code) ? common.needed : undefined}
        />
        <Refused error={error} />
      </Stack>
    </Dialog>
  );
};
