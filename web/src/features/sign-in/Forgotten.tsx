/** A forgotten password: by a link in a mail where mail is sent, else by a recovery code, else by who runs the exchange. */
import { useState } from "react";
import { Button } from "../../ui/Button.tsx";
import { Page } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { AskForLink } from "./AskForLink.tsx";
import { RecoverByCode } from "./RecoverByCode.tsx";

export const Forgotten = ({ byMail }: { readonly byMail: boolean }) => {
  const people = useWords("people");
  const [way, setWay] = useState<"mail" | "code">(byMail ? "mail" : "code");
  const byCode = (
    <div>
      <Button onClick={() => setWay("code")}>{people.recoverByCode}</Button>
    </div>
  );
  const orMail = (
    <div>
      <Button onClick={() => setWay("mail")}>{people.recoverByMail}</Button>
    </div>
  );
  return (
    <Page title={people.recover} narrow>
      {way === "mail" ? (
        <AskForLink otherwise={byCode} />
      ) : (
        <RecoverByCode otherwise={byMail ? orMail : <p>{people.recoverByNeither}</p>} />
      )}
    </Page>
  );
};
