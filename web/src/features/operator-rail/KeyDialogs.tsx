/** A bank's public keys: one more, and one that is taken no more. */
import { useState } from "react";
import type { Participant } from "../../data/types.ts";
import { TextArea } from "../../ui/Field.tsx";
import { Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { ActDialog } from "./ActDialog.tsx";
import { type Registering, registerKey, revokeKey } from "./queries.ts";

type Props = { readonly bank: Participant; readonly onClose: () => void };

/** An object, whatever it says: what is no key is refused by the server, which says why. */
const objectIn = (text: string): Registering["jwk"] | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
};

export const RegisterDialog = ({ bank, onClose }: Props) => {
  const words = useWords("operatorRail");
  const [text, setText] = useState("");
  const jwk = objectIn(text);
  return (
    <ActDialog
      title={<Say of={words.registerTitle} with={{ bank: <bdi>{bank.name}</bdi> }} />}
      word={words.register}
      kind="primary"
      missing={jwk === null ? words.noJwk : undefined}
      input={jwk === null ? null : { guid: bank.guid, jwk }}
      send={registerKey}
      onClose={onClose}
    >
      <TextArea
        label={words.jwk}
        hint={words.jwkHint}
        rows={6}
        value={text}
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
      />
    </ActDialog>
  );
};

export const RevokeDialog = ({ bank, kid, onClose }: Props & { readonly kid: string }) => {
  const words = useWords("operatorRail");
  return (
    <ActDialog
      title={<Say of={words.revokeTitle} with={{ kid: <bdi>{kid}</bdi>, bank: <bdi>{bank.name}</bdi> }} />}
      word={words.revoke}
      input={{ guid: bank.guid, kid }}
      send={revokeKey}
      onClose={onClose}
    >
      <p>{words.revokeText}</p>
    </ActDialog>
  );
};
