/** The second factor: one-time codes, on or off; how many recovery codes are left; and what may be done about either. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { factorQuery } from "../../data/factor.ts";
import { dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { EndDialog } from "../../ui/EndDialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Section, Stack } from "../../ui/Page.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { EnrolDialog } from "./EnrolDialog.tsx";
import { askAnew, beginCodes, endCodes, newRecoveryCodes } from "./queries.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";

export const FactorSection = () => {
  const words = useWords("security");
  const query = useQuery(factorQuery);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Section title={words.factor}>
      <Loaded query={query} skeleton={<SkeletonLines count={2} />}>
        {({ enabled, codes_since: since, recovery_codes_left: left, passkeys }) => (
          <Stack>
            {since === null ? (
              <Off onOn={setCodes} hasPasskeys={passkeys > 0} />
            ) : (
              <On since={since} hasPasskeys={passkeys > 0} />
            )}
            {enabled && <CodesLeft left={left} onCodes={setCodes} />}
          </Stack>
        )}
      </Loaded>
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
    </Section>
  );
};

type OffProps = { readonly onOn: (recoveryCodes: readonly string[]) => void; readonly hasPasskeys: boolean };

const Off = ({ onOn, hasPasskeys }: OffProps) => {
  const words = useWords("security");
  const { mutate, isPending, error, data, reset } = useMutation({ mutationFn: beginCodes });
  const done = (codes: readonly string[]) => {
    reset();
    onOn(codes);
    void askAnew();
  };
  return (
    <Stack>
      <p>{hasPasskeys ? words.factorPasskeys : words.factorOff}</p>
      <div>
        <Button kind={hasPasskeys ? "secondary" : "primary"} icon="shield" busy={isPending} onClick={() => mutate()}>
          {words.turnOn}
        </Button>
      </div>
      <Refused error={error} />
      {data && <EnrolDialog begun={data} onDone={done} onClose={reset} />}
    </Stack>
  );
};

const On = ({ since, hasPasskeys }: { readonly since: string; readonly hasPasskeys: boolean }) => {
  const words = useWords("security");
  const language = useLanguage();
  const [ending, setEnding] = useState(false);
  return (
    <Stack>
      <p>{words.factorOn({ day: dayOf(since, language) })}</p>
      <div>
        <Button kind="danger" onClick={() => setEnding(true)}>
          {words.turnOff}
        </Button>
      </div>
      {ending && <TurnOffDialog hasPasskeys={hasPasskeys} onClose={() => setEnding(false)} />}
    </Stack>
  );
};

type LeftProps = { readonly left: number; readonly onCodes: (recoveryCodes: readonly string[]) => void };

const CodesLeft = ({ left, onCodes }: LeftProps) => {
  const words = useWords("security");
  const { mutate, isPending, error } = useMutation({
    mutationFn: newRecoveryCodes,
    onSuccess: ({ recovery_codes }) => {
      onCodes(recovery_codes);
      void askAnew();
    },
  });
  return (
    <Stack>
      <p>{words.codesLeft({ n: left })}</p>
      <div>
        <Button busy={isPending} onClick={() => mutate()}>
          {words.codesNew}
        </Button>
      </div>
      <Refused error={error} />
    </Stack>
  );
};

type EndProps = { readonly hasPasskeys: boolean; readonly onClose: () => void };

const TurnOffDialog = ({ hasPasskeys, onClose }: EndProps) => {
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
    <EndDialog
      title={words.turnOffTitle}
      end={words.turnOff}
      keep={words.keepOn}
      busy={isPending}
      error={error}
      onEnd={() => mutate()}
      onClose={onClose}
    >
      <p>{hasPasskeys ? words.turnOffTextPasskeys : words.turnOffText}</p>
    </EndDialog>
  );
};
