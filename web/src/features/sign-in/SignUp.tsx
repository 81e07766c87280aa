/** Sign up: a name for others, a login, a password or a passkey, and an invitation where one is needed. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { PasswordField, TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { LoginField } from "./LoginField.tsx";
import { PasskeyButton } from "./PasskeyButton.tsx";
import { useSignUp } from "./queries.ts";
import { isLogin, lacking } from "./rules.ts";

/** @property invite as it stood in the link that somebody was given */
type Props = { readonly onDone: () => void; readonly needsInvite: boolean; readonly invite: string };

const FIELDS = ["name", "login", "password", "invite"] as const;
type Field = (typeof FIELDS)[number];

/** What was typed, what is wrong with it, and how it is sent. */
const useForm = ({ onDone, needsInvite, invite: given }: Props) => {
  const { common } = useText();
  const people = useWords("people");
  const [form, setForm] = useState({ name: "", login: "", password: "", invite: given });
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set());
  const { mutate, variables, isPending, error } = useSignUp(onDone);
  const wrong = {
    name: form.name.trim() === "" ? common.needed : undefined,
    login: isLogin(form.login) ? undefined : people.loginWrong,
    password: lacking(form.password) > 0 ? people.passwordShort({ n: lacking(form.password) }) : undefined,
    invite: needsInvite && form.invite.trim() === "" ? common.needed : undefined,
  };
  const field = (name: Field) => ({
    value: form[name],
    error: left.has(name) ? wrong[name] : undefined,
    onBlur: () => setLeft((before) => (form[name] === "" ? before : new Set([...before, name]))),
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setForm((before) => ({ ...before, [name]: target.value })),
  });
  /** A passkey stands in for the password, whatever is typed there. */
  const send = (by: "password" | "passkey") => {
    const needed = FIELDS.filter((name) => by === "password" || name !== "password");
    setLeft(new Set(needed));
    if (isPending || needed.some((name) => wrong[name] !== undefined)) return;
    const { name, login, invite } = form;
    mutate({
      name: name.trim(),
      login: login.trim(),
      password: by === "password" ? form.password : null,
      ...(needsInvite && { invite: invite.trim() }),
    });
  };
  const busy = !isPending ? null : variables.password === null ? "passkey" : "password";
  return { field, send, busy, error };
};

export const SignUp = (props: Props) => {
  const people = useWords("people");
  const security = useWords("security");
  const { field, send, busy, error } = useForm(props);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send("password");
  };
  return (
    <Page title={people.signUp} narrow>
      <form onSubmit={submit} noValidate>
        <Stack>
          <TextField
            label={people.name}
            hint={people.nameHint}
            autoComplete="nickname"
            maxLength={64}
            {...field("name")}
          />
          <LoginField label={people.login} hint={people.newLoginHint} {...field("login")} />
          <PasswordField
            label={people.password}
            hint={people.passwordHint}
            name="new-password"
            autoComplete="new-password"
            maxLength={128}
            {...field("password")}
          />
          {props.needsInvite && (
            <TextField
              label={people.invite}
              hint={people.inviteHint}
              autoComplete="off"
              maxLength={64}
              {...field("invite")}
            />
          )}
          <Refused error={error} />
          <Button kind="primary" wide type="submit" busy={busy === "password"}>
            {people.signUp}
          </Button>
          <PasskeyButton busy={busy === "passkey"} onClick={() => send("passkey")} hint={security.passkeySignUpText}>
            {security.passkeySignUp}
          </PasskeyButton>
          <p>
            {people.haveAccount}{" "}
            <Link to="/sign-in" search={({ back }) => (back === undefined ? {} : { back })}>
              {people.signIn}
            </Link>
          </p>
        </Stack>
      </form>
    </Page>
  );
};
