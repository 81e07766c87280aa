/** What a credit or a debit comes to, in a sentence; only from here it is sent. */
import { useQuery } from "@tanstack/react-query";
import { useAct } from "../../data/mutations.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { Name, Say } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type Moving, moveMoney, ownerQuery, refreshMoney } from "./queries.ts";

type Props = { readonly of: Moving; readonly onClose: () => void; readonly onDone: () => void };

export const Review = ({ of, onClose, onDone }: Props) => {
  const words = useWords("operatorMoney");
  const { fiat, bare } = useMoney();
  const toast = useToast();
  const owner = useQuery(ownerQuery(of.user));
  const act = useAct({
    send: moveMoney,
    onDone: () => {
      refreshMoney();
      const said = of.act === "credit" ? words.doneCredit : words.doneDebit;
      toast({ icon: "check", text: said({ amount: fiat(of.amount) }) });
      onDone();
    },
  });
  const cannot = owner.data === undefined || (owner.data === null && of.act === "debit");
  return (
    <Dialog
      title={words[of.act]}
      onClose={onClose}
      locked={act.state !== "idle"}
      actions={
        <Button kind="primary" wide busy={act.busy} disabled={cannot} onClick={() => act.submit(of)}>
          {words[of.act]} {fiat(of.amount)}
        </Button>
      }
    >
      <Loaded query={owner}>
        {(found) => {
          const name = found === null ? <bdi>{of.user}</bdi> : <Name of={found.profile} />;
          const sentence = of.act === "credit" ? words.reviewCredit : words.reviewDebit;
          const before = found?.wallet.available ?? 0;
          const after = of.act === "credit" ? before + of.amount : before - of.amount;
          return (
            <>
              <p>
                <Say of={sentence} with={{ name, amount: fiat(of.amount), kind: words[of.kind] }} />
              </p>
              {found === null ? (
                <Notice tone="danger">{of.act === "credit" ? words.unknown : words.unknownDebit}</Notice>
              ) : (
                <p>{words.reviewBalance({ before: bare(before), after: bare(after) })}</p>
              )}
            </>
          );
        }}
      </Loaded>
      <Rows
        rows={[
          { label: words.user, value: of.user },
          { label: words.externalId, value: of.externalId },
          { label: words.reason, value: of.reason },
        ]}
      />
      <Refused error={act.failure} />
    </Dialog>
  );
};
