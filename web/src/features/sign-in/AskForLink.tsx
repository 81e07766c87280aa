/** A forgotten password: a link by mail where mail is sent; the answer says nothing of who is here. */
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { LoginField } from "./LoginField.tsx";
import { useAskForLink } from "./queries.ts";

export const AskForLink = ({ byMail }: { readonly byMail: boolean }) => {
  const people = useWords("people");
  const { mutate, isPending, isSuccess, error } = useAskForLink();
  return (
    <Page title={people.recover} narrow>
      {!byMail ? (
        <EmptyState icon="info" title={people.recoverNoMail}>
          {people.recoverNoMailText}
        </EmptyState>
      ) : isSuccess ? (
        <EmptyState icon="check" title={people.recoverAsked}>
          {people.recoverAskedText}
        </EmptyState>
      ) : (
        <Form onAsk={mutate} busy={isPending} error={error} />
      )}
    </Page>
  );
};

type FormProps = {
  readonly onAsk: (asked: { readonly login: string; readonly language: "en" | "ru" | "uk" }) => void;
  readonly busy: boolean;
  readonly error: Error | null;
};

const Form = ({ onAsk, busy, error }: FormProps) => {
  const { common } = useText();
  const people = useWords("people");
  const language = useLanguage();
  const [login, setLogin] = useState("");
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (login.trim() !== "" && !busy) onAsk({ login: login.trim(), language });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <p>{people.recoverLead}</p>
        <LoginField
          label={people.email}
          type="email"
          value={login}
          error={tried && login.trim() === "" ? common.needed : undefined}
          onChange={({ target }) => setLogin(target.value)}
        />
        <Refused error={error} />
        <Button kind="primary" wide type="submit" busy={busy}>
          {people.recoverAsk}
        </Button>
      </Stack>
    </form>
  );
};
