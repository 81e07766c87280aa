/** Lines that are on their way: shown at once, sent in turn, and kept with "try again" when they were not taken. */
import { useCallback, useState } from "react";
import { type NewLine, sendLine } from "../../data/lines.ts";
import { newKey } from "../../data/mutations.ts";
import type { Failure, Message } from "../../data/types.ts";

export type Outgoing = NewLine & {
  readonly state: "sending" | "failed";
  readonly failure: Failure | null;
};

type Outbox = {
  readonly waiting: readonly Outgoing[];
  readonly send: (text: string, attachments: readonly string[]) => void;
  readonly again: (clientId: string) => void;
};

/** @param onSent puts the line where the chat reads it */
export const useOutbox = (orderId: number, onSent: (line: Message) => void): Outbox => {
  const [waiting, setWaiting] = useState<readonly Outgoing[]>([]);

  const post = useCallback(
    async (line: NewLine) => {
      const result = await sendLine(line);
      if (result.ok) {
        onSent(result.data);
        setWaiting((all) => all.filter(({ clientId }) => clientId !== line.clientId));
        return;
      }
      setWaiting((all) =>
        all.map((each) =>
          each.clientId === line.clientId ? { ...each, state: "failed", failure: result.error } : each,
        ),
      );
    },
    [onSent],
  );

  const send = useCallback(
    (text: string, attachments: readonly string[]) => {
      const line: NewLine = { orderId, clientId: newKey(), text, attachments };
      setWaiting((all) => [...all, { ...line, state: "sending", failure: null }]);
      void post(line);
    },
    [orderId, post],
  );

  const again = useCallback(
    (clientId: string) => {
      const line = waiting.find((each) => each.clientId === clientId);
      if (line === undefined) return;
      setWaiting((all) => all.map((each) => (each === line ? { ...each, state: "sending", failure: null } : each)));
      void post(line);
    },
    [waiting, post],
  );

  return { waiting, send, again };
};
