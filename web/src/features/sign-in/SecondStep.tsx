/** The second step of signing in: a code, where the account has a second factor. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { isWhole, ProofField } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { useSecondStep } from "./queries.ts";

/** @property waits whether there is a sign-in that waits for it */
type Props = { readonly onDone: () => void; readonly waits: boolean };

export const SecondStep = ({ onDone, waits }: Props) => {
  const { common } = useText();
  const words = useWords("security");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useSecondStep(onDone, () => {
    setCode("");
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
    if (isWhole(code) && !isPending) mutate({ code: code.trim() });
  };
  return (
    <Page title={words.secondStep} lead={words.secondStepText} narrow>
      <form onSubmit={submit} noValidate>
        <Stack>
          <ProofField value={code} onChange={setCode} error={tried && !isWhole(code) ? common.needed : undefined} />
          <Refused error={error} />
          <Button kind="primary" wide type="submit" busy={isPending}>
            {words.signIn}
          </Button>
        </Stack>
      </form>
    </Page>
  );
};
