/** Sign in: one form that password managers know, or a passkey; what is wrong is one sentence, whatever was wrong. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { SessionDocument } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { LoginField } from "./LoginField.tsx";
import { PasskeyButton } from "./PasskeyButton.tsx";
import { useSignIn } from "./queries.ts";

type Props = { readonly onDone: (document: SessionDocument) => void; readonly signUp: boolean };

export const SignIn = ({ onDone, signUp }: Props) => {
  const { common } = useText();
  const people = useWords("people");
  const security = useWords("security");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, variables, isPending, error } = useSignIn(onDone);
  const isByPasskey = isPending && variables === "passkey";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (login.trim() !== "" && password !== "" && !isPending) mutate({ login: login.trim(), password });
  };
  return (
    <Page title={people.signIn} narrow>
      <form onSubmit={submit} noValidate>
        <Stack>
          <LoginField
            label={people.login}
            hint={people.loginHint}
            value={login}
            error={tried && login.trim() === "" ? common.needed : undefined}
            onChange={({ target }) => setLogin(target.value)}
          />
          <PasswordField
            label={people.password}
            name="password"
            autoComplete="current-password"
            maxLength={128}
            value={password}
            error={tried && password === "" ? common.needed : undefined}
            onChange={({ target }) => setPassword(target.value)}
          />
          <Refused error={error} />
          <Button kind="primary" wide type="submit" busy={isPending && !isByPasskey}>
            {people.signIn}
          </Button>
          <PasskeyButton busy={isByPasskey} onClick={() => isPending || mutate("passkey")}>
            {security.passkeySignIn}
          </PasskeyButton>
          <p>
            <Link to="/recover">{people.forgotten}</Link>
          </p>
          {signUp && (
            <p>
              {people.noAccount}{" "}
              <Link to="/sign-up" search={({ back }) => (back === undefined ? {} : { back })}>
                {people.signUp}
              </Link>
            </p>
          )}
        </Stack>
      </form>
    </Page>
  );
};
