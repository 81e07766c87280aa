/** Another password, by whoever knows the present one; a first one, by whoever comes with a passkey. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { PasswordField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Section, Stack } from "../../ui/Page.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { askAnew, changePassword } from "./queries.ts";

const SHORTEST = 10;

export const PasswordSection = ({ hasPassword }: { readonly hasPassword: boolean }) => {
  const { common } = useText();
  const words = useWords("security");
  const toast = useToast();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      setCurrent("");
      setPassword("");
      setTried(false);
      toast({ icon: "check", text: hasPassword ? words.passwordChanged : words.passwordSetDone });
      void askAnew();
    },
  });
  const isLong = [...password].length >= SHORTEST;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const isKnown = !hasPassword || current !== "";
    if (isKnown && isLong && !isPending) mutate({ current: hasPassword ? current : null, password });
  };
  return (
    <Section title={words.password}>
      <form onSubmit={submit} noValidate>
        <Stack>
          <p>{hasPassword ? words.passwordText : words.passwordNone}</p>
          {hasPassword && (
            <PasswordField
              label={words.passwordNow}
              autoComplete="current-password"
              maxLength={128}
              value={current}
              error={tried && current === "" ? common.needed : undefined}
              onChange={({ target }) => setCurrent(target.value)}
            />
          )}
          <PasswordField
            label={words.passwordNew}
            hint={tried && !isLong ? undefined : words.passwordNewHint}
            autoComplete="new-password"
            maxLength={128}
            value={password}
            error={tried && !isLong ? words.passwordNewHint : undefined}
            onChange={({ target }) => setPassword(target.value)}
          />
          <Refused error={error} />
          <div>
            <Button type="submit" busy={isPending}>
              {hasPassword ? words.passwordChange : words.passwordSet}
            </Button>
          </div>
        </Stack>
      </form>
    </Section>
  );
};
