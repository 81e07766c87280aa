/** The end of a recovery: all that was open has ended, and the way leads to the door. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { buttonClass } from "../../ui/Button.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { useWords } from "../../ui/words.ts";

export const PasswordIsSet = ({ children }: { readonly children: ReactNode }) => {
  const people = useWords("people");
  return (
    <EmptyState
      icon="check"
      title={children}
      action={
        <Link to="/sign-in" className={buttonClass({ kind: "primary" })}>
          {people.signIn}
        </Link>
      }
    />
  );
};
