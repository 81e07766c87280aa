/** A line of the operator, which both sides see as one. */
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import { Button } from "../../ui/Button.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { refreshCase, writeToBoth } from "./queries.ts";

export const WriteToBoth = ({ orderId }: { readonly orderId: number }) => {
  const operator = useWords("operator");
  const [message, setMessage] = useState("");
  const act = useAct({
    send: writeToBoth,
    onDone: () => {
      setMessage("");
      refreshCase();
    },
  });
  return (
    <Stack gap={8}>
      <TextArea
        label={operator.write}
        value={message}
        maxLength={2_000}
        onChange={({ target }) => setMessage(target.value)}
      />
      <div>
        <Button
          icon="send"
          busy={act.busy}
          disabled={message.trim() === ""}
          onClick={() => act.submit({ orderId, message })}
        >
          {operator.send}
        </Button>
      </div>
      <Refused error={act.failure} />
    </Stack>
  );
};
