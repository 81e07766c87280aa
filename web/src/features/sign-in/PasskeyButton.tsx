/** Coming in by a passkey instead of a password; where there are none, why not. */
import type { ReactNode } from "react";
import { usePasskeys } from "../../data/passkeys.ts";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Muted } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";

type Props = {
  readonly busy: boolean;
  readonly onClick: () => void;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
};

export const PasskeyButton = ({ busy, onClick, hint, children }: Props) => {
  const words = useWords("security");
  const passkeys = usePasskeys();
  if (passkeys !== "here") {
    return (
      <p>
        <Muted>
          {words.passkeys}: {passkeys === "no-name" ? words.passkeysNoName : words.passkeysNoBrowser}
        </Muted>
      </p>
    );
  }
  return (
    <Reasoned reason={hint}>
      <Button wide icon="key" busy={busy} onClick={onClick}>
        {children}
      </Button>
    </Reasoned>
  );
};
