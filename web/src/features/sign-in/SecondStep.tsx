/** The second step of signing in, where the account has a second factor: a code, or a passkey. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { usePasskeys } from "../../data/passkeys.ts";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { ProofField, useProofForm, type Way } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { useSecondStep } from "./queries.ts";

/** Whoever has given a password alone is not told which of them there are. */
const WAYS: readonly Way[] = ["app", "recovery"];
const WITH_PASSKEY: readonly Way[] = [...WAYS, "passkey"];

/** @property waits whether there is a sign-in that waits for it */
type Props = { readonly onDone: () => void; readonly waits: boolean };

export const SecondStep = ({ onDone, waits }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const factor = useProofForm(usePasskeys() === "here" ? WITH_PASSKEY : WAYS);
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useSecondStep(onDone, () => {
    factor.type("");
    setTried(false);
  });
  if (!waits) {
    return (
      <Page title={words.secondStep} narrow>
        <EmptyState
          icon="me"
          title={words.signInOver}
          action={
            <Link to="/sign-in" search={({ back }) => (back === undefined ? {} : { back })} className={buttonClass()}>
              {words.signIn}
            </Link>
          }
        >
          {words.signInOverText}
        </EmptyState>
      </Page>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (factor.isGiven && !isPending) mutate(factor);
  };
  return (
    <Page title={words.secondStep} lead={words.secondStepText} narrow>
      <form onSubmit={submit} noValidate>
        <Stack>
          <ProofField of={factor} error={tried && !factor.isGiven ? common.needed : undefined} />
          <Refused error={error} />
          <Button kind="primary" wide type="submit" busy={isPending}>
            {words.signIn}
          </Button>
        </Stack>
      </form>
    </Page>
  );
};
