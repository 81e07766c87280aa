/** Adds a passkey: it is given a name here, and made by the browser, which asks its person. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { factorQuery } from "../../data/factor.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { addPasskey, askAnew } from "./queries.ts";

const MAX_NAME = 64;

type Props = {
  /** Ten recovery codes where it is the first second factor. */
  readonly onDone: (recoveryCodes: readonly string[] | null) => void;
  readonly onClose: () => void;
};

export const AddPasskeyDialog = ({ onDone, onClose }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const isFirst = useQuery(factorQuery).data?.enabled === false;
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: addPasskey,
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
    onSettled: askAnew,
  });
  const isNamed = name.trim() !== "";
  return (
    <Dialog
      title={words.passkeyAdd}
      onClose={onClose}
      locked={isPending}
      actions={
        <>
          <Button kind="primary" busy={isPending} onClick={() => (isNamed ? mutate(name.trim()) : setTried(true))}>
            {words.passkeyAdd}
          </Button>
          <Button onClick={onClose} disabled={isPending}>
            {common.cancel}
          </Button>
        </>
      }
    >
      <Stack>
        <TextField
          label={words.passkeyName}
          hint={words.passkeyNameHint}
          error={tried && !isNamed ? common.needed : undefined}
          value={name}
          maxLength={MAX_NAME}
          autoComplete="off"
          onChange={({ target }) => setName(target.value)}
        />
        <p>
          {words.passkeyAddText} {isFirst && words.passkeyAddFirst}
        </p>
        <Refused error={error} />
      </Stack>
    </Dialog>
  );
};
