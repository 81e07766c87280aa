/** A new password by a link that works once. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { useRecover } from "./queries.ts";
import { lacking } from "./rules.ts";

export const Recover = ({ code }: { readonly code: string }) => {
  const people = useWords("people");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, isSuccess, error } = useRecover();
  const missing = lacking(password);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing === 0 && !isPending) mutate({ code, password });
  };
  return (
    <Page title={people.recover} narrow>
      {isSuccess ? (
        <EmptyState
          icon="check"
          title={people.recovered}
          action={
            <Link to="/sign-in" className={buttonClass({ kind: "primary" })}>
              {people.signIn}
            </Link>
          }
        />
      ) : (
        <form onSubmit={submit} noValidate>
          <Stack>
            <PasswordField
              label={people.recover}
              hint={people.passwordHint}
              name="new-password"
              autoComplete="new-password"
              maxLength={128}
              value={password}
              error={tried && missing > 0 ? people.passwordShort({ n: missing }) : undefined}
              onChange={({ target }) => setPassword(target.value)}
            />
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
