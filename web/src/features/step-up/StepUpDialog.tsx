/** Asks who somebody is, once more, for an act that waits: by a code, or by the password of who has no second factor. */
import { useState } from "react";
import type { Need } from "../../data/proof.ts";
import { giveProof, type Proof } from "../../data/session.ts";
import type { Failure } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { isWhole, ProofField } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";

type Props = { readonly need: Need; readonly onAnswer: (proven: boolean) => void };

export const StepUpDialog = ({ need, onAnswer }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const [given, setGiven] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [tried, setTried] = useState(false);
  const isTyped = need === "factor" ? isWhole(given) : given !== "";
  const send = async () => {
    setTried(!isTyped);
    if (!isTyped) return;
    setBusy(true);
    const proof: Proof = need === "factor" ? { code: given.trim() } : { password: given };
    const result = await giveProof(proof);
    setBusy(false);
    if (result.ok) return onAnswer(true);
    setFailure(result.error);
    setGiven("");
  };
  const missing = tried && !isTyped ? common.needed : undefined;
  return (
    <Dialog
      title={need === "factor" ? words.proveFactor : words.provePassword}
      onClose={() => onAnswer(false)}
      locked={busy}
      actions={
        <>
          <Button kind="primary" busy={busy} onClick={() => void send()}>
            {words.goOn}
          </Button>
          <Button onClick={() => onAnswer(false)} disabled={busy}>
            {common.cancel}
          </Button>
        </>
      }
    >
      <Stack>
        <p>{need === "factor" ? words.proveFactorText : words.provePasswordText}</p>
        {need === "factor" ? (
          <ProofField value={given} onChange={setGiven} error={missing} />
        ) : (
          <PasswordField
            label={words.password}
            autoComplete="current-password"
            maxLength={128}
            error={missing}
            value={given}
            onChange={({ target }) => setGiven(target.value)}
          />
        )}
        <Refused error={failure} />
      </Stack>
    </Dialog>
  );
};
