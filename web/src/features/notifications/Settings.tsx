/** What this browser tells of and how; the bell's list has everything, whatever is chosen here. */
import { useState } from "react";
import { choose, useChoice } from "../../data/choices.ts";
import { Button } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Choice.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Muted, Page, Section, Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { askPermission, playSound, usePermission } from "./beyond.ts";
import { asked, beyondThePage, isBeyondOn, isSoundOn, isToldOf, silenced, sound } from "./choices.ts";
import { KINDS, type Kind } from "./told.ts";

export const Settings = () => {
  const notices = useWords("notices");
  return (
    <Page title={notices.title} lead={notices.lead} narrow>
      <Section title={notices.browser}>
        <Beyond />
      </Section>
      <Section title={notices.sound}>
        <Sound />
      </Section>
      <Section title={notices.which}>
        <Stack gap={8}>
          {KINDS.map((kind) => (
            <KindSwitch key={kind} kind={kind} />
          ))}
          <Muted>{notices.securityAlways}</Muted>
        </Stack>
      </Section>
    </Page>
  );
};

const Beyond = () => {
  const notices = useWords("notices");
  const permission = usePermission();
  const on = useChoice(isBeyondOn);
  const [isAsking, setAsking] = useState(false);
  if (permission === "none") return <Notice>{notices.unsupported}</Notice>;
  if (permission === "denied") return <Notice tone="soon">{notices.denied}</Notice>;
  if (permission === "granted")
    return (
      <Switch checked={on} word={on ? notices.on : notices.off} onChange={(value) => choose(beyondThePage, value)}>
        {notices.browserSwitch}
      </Switch>
    );
  const ask = async () => {
    setAsking(true);
    choose(asked, true);
    await askPermission();
    setAsking(false);
  };
  return (
    <Stack>
      <p>{notices.askText}</p>
      <div>
        <Button busy={isAsking} onClick={() => void ask()}>
          {notices.allow}
        </Button>
      </div>
    </Stack>
  );
};

const Sound = () => {
  const notices = useWords("notices");
  const on = useChoice(isSoundOn);
  return (
    <Switch
      checked={on}
      word={on ? notices.on : notices.off}
      onChange={(value) => {
        choose(sound, value);
        if (value) void playSound();
      }}
    >
      {notices.soundSwitch}
    </Switch>
  );
};

const KindSwitch = ({ kind }: { readonly kind: Kind }) => {
  const notices = useWords("notices");
  const on = useChoice(() => isToldOf(kind));
  const set = (value: boolean) => {
    const others = (silenced.read() ?? []).filter((each) => each !== kind);
    choose(silenced, value ? others : [...others, kind]);
  };
  return (
    <Switch checked={on} word={on ? notices.on : notices.off} onChange={set}>
      {notices.kinds[kind]}
    </Switch>
  );
};
