/** Asks who somebody is, once more, for an act that waits: by the second factor, or by the password of who has none. */
import { useState } from "react";
import { giveFactor, useOwnWays } from "../../data/factor.ts";
import type { Need } from "../../data/proof.ts";
import { giveProof } from "../../data/session.ts";
import type { Failure } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { ProofField, useProofForm } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";

type Props = { readonly need: Need; readonly onAnswer: (proven: boolean) => void };

export const StepUpDialog = ({ need, onAnswer }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const factor = useProofForm(useOwnWays(need === "factor"));
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [tried, setTried] = useState(false);
  const isGiven = need === "factor" ? factor.isGiven : password !== "";
  const send = async () => {
    setTried(!isGiven);
    if (!isGiven) return;
    setBusy(true);
    const result = await (need === "factor" ? giveFactor(factor) : giveProof({ password }));
    setBusy(false);
    if (result.ok) return onAnswer(true);
    setFailure(result.error);
    factor.type("");
    setPassword("");
  };
  const missing = tried && !isGiven ? common.needed : undefined;
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
          <ProofField of={factor} error={missing} />
        ) : (
          <PasswordField
            label={words.password}
            autoComplete="current-password"
            maxLength={128}
            error={missing}
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
        )}
        <Refused error={failure} />
      </Stack>
    </Dialog>
  );
};
