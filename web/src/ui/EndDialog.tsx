/** Asks before something ends: the button that ends it, and the harmless one, which has the focus. */
import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { Refused } from "./failure.tsx";

type Props = {
  readonly title: ReactNode;
  /** What ends it. */
  readonly end: string;
  /** What leaves it as it is. */
  readonly keep: string;
  readonly busy: boolean | "finding-out";
  readonly error: unknown;
  readonly onEnd: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

export const EndDialog = ({ title, end, keep, busy, error, onEnd, onClose, children }: Props) => (
  <Dialog
    title={title}
    onClose={onClose}
    focus="first"
    locked={busy !== false}
    actions={
      <>
        <Button kind="danger" busy={busy} onClick={onEnd}>
          {end}
        </Button>
        <Button data-first="" onClick={onClose} disabled={busy !== false}>
          {keep}
        </Button>
      </>
    }
  >
    {children}
    <Refused error={error} />
  </Dialog>
);
