/** The second factor: on or off, how many recovery codes are left, and what may be done about it. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Section, Stack } from "../../ui/Page.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { EnrolDialog } from "./EnrolDialog.tsx";
import { askAnew, beginCodes, endCodes, factorQuery, newRecoveryCodes } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import css from "./Security.module.css";

export const FactorSection = () => {
  const words = useWords("security");
  const query = useQuery(factorQuery);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Section title={words.factor}>
      <Loaded query={query} skeleton={<SkeletonLines count={2} />}>
        {({ codes_since: since, recovery_codes_left: left }) =>
          since === null ? <Off onOn={setCodes} /> : <On since={since} left={left} onCodes={setCodes} />
        }
      </Loaded>
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </Section>
  );
};

type OffProps = { readonly onOn: (recoveryCodes: readonly string[]) => void };

const Off = ({ onOn }: OffProps) => {
  const words = useWords("security");
  const { mutate, isPending, error, data, reset } = useMutation({ mutationFn: beginCodes });
  const done = (codes: readonly string[]) => {
    reset();
    onOn(codes);
    void askAnew();
  };
  return (
    <Stack>
      <p>{words.factorOff}</p>
      <div>
        <Button kind="primary" icon="shield" busy={isPending} onClick={() => mutate()}>
          {words.turnOn}
        </Button>
      </div>
      <Refused error={error} />
      {data && <EnrolDialog begun={data} onDone={done} onClose={reset} />}
    </Stack>
  );
};

type OnProps = {
  readonly since: string;
  readonly left: number;
  readonly onCodes: (recoveryCodes: readonly string[]) => void;
};

const On = ({ since, left, onCodes }: OnProps) => {
  const words = useWords("security");
  const language = useLanguage();
  const [ending, setEnding] = useState(false);
  const renewal = useMutation({
    mutationFn: newRecoveryCodes,
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      void askAnew();
    },
  });
  return (
    <Stack>
      <p>{words.factorOn({ day: dayOf(since, language) })}</p>
      <p>{words.codesLeft({ n: left })}</p>
      <div className={css.buttons}>
        <Button busy={renewal.isPending} onClick={() => renewal.mutate()}>
          {words.codesNew}
        </Button>
        <Button kind="danger" onClick={() => setEnding(true)}>
          {words.turnOff}
        </Button>
      </div>
      <Refused error={renewal.error} />
      {ending && <TurnOffDialog onClose={() => setEnding(false)} />}
    </Stack>
  );
};

const TurnOffDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const words = useWords("security");
  const toast = useToast();
  const { mutate, isPending, error } = useMutation({
    mutationFn: endCodes,
    onSuccess: () => {
      onClose();
      toast({ icon: "check", text: words.turnedOff });
      void askAnew();
    },
  });
  return (
    <Dialog
      title={words.turnOffTitle}
      onClose={onClose}
      focus="first"
      locked={isPending}
      actions={
        <>
          <Button kind="danger" busy={isPending} onClick={() => mutate()}>
            {words.turnOff}
          </Button>
          <Button data-first="" onClick={onClose} disabled={isPending}>
            {words.keepOn}
          </Button>
        </>
      }
    >
      <p>{words.turnOffText}</p>
      <Refused error={error} />
    </Dialog>
  );
};
