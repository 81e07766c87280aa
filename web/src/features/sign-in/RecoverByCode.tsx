/** A new password by one of one's recovery codes; what was wrong, login or code, is not said. */
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { isRecoveryCode, RecoveryField } from "../../ui/ProofField.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { LoginField } from "./LoginField.tsx";
import { NewPasswordField } from "./NewPasswordField.tsx";
import { PasswordIsSet } from "./PasswordIsSet.tsx";
import { useSetPassword } from "./queries.ts";
import { lacking } from "./rules.ts";

/** @param otherwise where there is another way */
export const RecoverByCode = ({ otherwise }: { readonly otherwise: ReactNode }) => {
  const { common } = useText();
  const people = useWords("people");
  const [login, setLogin] = useState("");
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const { mutate, isPending, isSuccess, error } = useSetPassword();
  if (isSuccess) return <PasswordIsSet>{people.recoveredByCode}</PasswordIsSet>;
  const isNamed = login.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isNamed || !isRecoveryCode(code) || lacking(password) > 0 || isPending) return;
    mutate({ login: login.trim(), code: code.trim(), password });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <p>{people.recoverByCodeLead}</p>
        <LoginField
          label={people.login}
          value={login}
          error={tried && !isNamed ? common.needed : undefined}
          onChange={({ target }) => setLogin(target.value)}
        />
        <RecoveryField
          value={code}
          onChange={setCode}
          error={tried && !isRecoveryCode(code) ? common.needed : undefined}
        />
        <NewPasswordField value={password} onChange={setPassword} tried={tried} />
        <Refused error={error} />
        <Button kind="primary" wide type="submit" busy={isPending}>
          {people.recoverSet}
        </Button>
        {otherwise}
      </Stack>
    </form>
  );
};
