/** A forgotten password: a link by mail where mail is sent; the answer says nothing of who is here. */
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { LoginField } from "./LoginField.tsx";
import { useAskForLink } from "./queries.ts";

/** @param otherwise another way, for whom no mail reaches */
export const AskForLink = ({ otherwise }: { readonly otherwise: ReactNode }) => {
  const people = useWords("people");
  const { mutate, isPending, isSuccess, error } = useAskForLink();
  return isSuccess ? (
    <EmptyState icon="check" title={people.recoverAsked}>
      {people.recoverAskedText}
    </EmptyState>
  ) : (
    <Form onAsk={mutate} busy={isPending} error={error} otherwise={otherwise} />
  );
};

type FormProps = {
  readonly onAsk: (asked: { readonly login: string; readonly language: "en" | "ru" | "uk" }) => void;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly otherwise: ReactNode;
};

const Form = ({ onAsk, busy, error, otherwise }: FormProps) => {
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
        {otherwise}
      </Stack>
    </form>
  );
};
