/** What every act on a bank shares: a dialog that is locked while it is sent, and closes when it is done. */
import type { Result } from "@parley/client";
import type { ReactNode } from "react";
import { type ActCall, useAct } from "../../data/mutations.ts";
import type { Failure } from "../../data/types.ts";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { refreshRail } from "./queries.ts";

type Props<Input> = {
  readonly title: ReactNode;
  readonly word: string;
  readonly kind?: "primary" | "danger";
  /** Why it cannot be sent yet. */
  readonly missing?: string | undefined;
  /** Null: what is written is not whole, and `missing` says what is. */
  readonly input: Input | null;
  readonly send: (input: Input, call: ActCall) => Promise<Result<unknown, Failure>>;
  readonly onClose: () => void;
  /** What the server found wrong, beside the sentence for its code. */
  readonly found?: (failure: Failure) => ReactNode;
  readonly children: ReactNode;
};

export const ActDialog = <Input,>(props: Props<Input>) => {
  const { title, word, kind = "danger", missing, input, send, onClose, found, children } = props;
  const act = useAct({
    send,
    onDone: () => {
      refreshRail();
      onClose();
    },
    onRefused: refreshRail,
  });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Reasoned reason={missing}>
          <Button
            kind={kind}
            wide
            busy={act.busy}
            disabled={input === null}
            onClick={() => input !== null && act.submit(input)}
          >
            {word}
          </Button>
        </Reasoned>
      }
    >
      {children}
      <Refused error={act.failure} />
      {act.failure !== null && found?.(act.failure)}
    </Dialog>
  );
};
