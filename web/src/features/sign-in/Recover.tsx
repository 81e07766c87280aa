/** A new password by a link that works once. */
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { PasswordIsSet } from "./PasswordIsSet.tsx";
import { useSetPassword } from "./queries.ts";
import { lacking } from "./rules.ts";

export const Recover = ({ code }: { readonly code: string }) => {
  const people = useWords("people");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, isSuccess, error } = useSetPassword();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (lacking(password) === 0 && !isPending) mutate({ code, password });
  };
  return (
    <Page title={people.recover} narrow>
      {isSuccess ? (
        <PasswordIsSet>{people.recovered}</PasswordIsSet>
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            <NewPasswordField value={password} onChange={setPassword} tried={tried} />
            <Refused error={error} />
            <Button kind="primary" wide type="submit" busy={isPending}>
              {people.recoverSet}
            </Button>
          </Stack>
        </form>
      )}
    </Page>
  );
};
