/** Sign up: a name for others, a login, a password, and an invitation where one is needed. */
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { PasswordField, TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Page, Stack } from "../../ui/Page.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { useSignUp } from "./queries.ts";
import { isLogin, lacking } from "./rules.ts";

/** @property invite as it stood in the link that somebody was given */
type Props = { readonly onDone: () => void; readonly needsInvite: boolean; readonly invite: string };

/** What was typed, what is wrong with it, and how it is sent. */
const useForm = ({ onDone, needsInvite, invite: given }: Props) => {
  const { common } = useText();
  const people = useWords("people");
  const [form, setForm] = useState({ name: "", login: "", password: "", invite: given });
  const [left, setLeft] = useState<ReadonlySet<keyof typeof form>>(new Set());
  const { mutate, isPending, error } = useSignUp(onDone);
  const wrong = {
    name: form.name.trim() === "" ? common.needed : undefined,
    login: isLogin(form.login) ? undefined : people.loginWrong,
    password: lacking(form.password) > 0 ? people.passwordShort({ n: lacking(form.password) }) : undefined,
    invite: needsInvite && form.invite.trim() === "" ? common.needed : undefined,
  };
  const field = (name: keyof typeof form) => ({
    value: form[name],
    error: left.has(name) ? wrong[name] : undefined,
    onBlur: () => setLeft((before) => (form[name] === "" ? before : new Set([...before, name]))),
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setForm((before) => ({ ...before, [name]: target.value })),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setLeft(new Set(["name", "login", "password", "invite"]));
    if (isPending || Object.values(wrong).some((fault) => fault !== undefined)) return;
    const { name, login, password, invite } = form;
    mutate({ name: name.trim(), login: login.trim(), password, ...(needsInvite && { invite: invite.trim() }) });
  };
  return { field, submit, isPending, error };
};

export const SignUp = (props: Props) => {
  const people = useWords("people");
  const { field, submit, isPending, error } = useForm(props);
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
          <TextField
            label={people.login}
            hint={people.newLoginHint}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={254}
            {...field("login")}
          />
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
          <Button kind="primary" wide type="submit" busy={isPending}>
            {people.signUp}
          </Button>
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
