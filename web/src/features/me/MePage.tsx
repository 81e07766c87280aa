/** One's own page: who one is to others, what may still be done today, the session and the way out. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { chooseEnterSends, useEnterSends } from "../../data/enter.ts";
import { chooseSingleKeys, useSingleKeys } from "../../data/keys.ts";
import { useMe, useWallet } from "../../data/me.ts";
import { type Session, useSession, useSignOut } from "../../data/session.ts";
import { dayAndTime, dayOf } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Switch } from "../../ui/Choice.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Page, Section, Stack } from "../../ui/Page.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { FINE_POINTER, useMedia } from "../../ui/useMedia.ts";
import { useWords } from "../../ui/words.ts";
import css from "./MePage.module.css";

/** @param choices language and theme, which the frame has */
export const MePage = ({ choices }: { readonly choices: ReactNode }) => {
  const { frame } = useText();
  const people = useWords("people");
  const language = useLanguage();
  const me = useMe();
  const wallet = useWallet();
  const session = useSession();
  return (
    <Page title={people.me} narrow>
      <Loaded query={me}>
        {({ profile, cancels_left }) => (
          <Section title={people.profile}>
            <Rows
              rows={[
                { label: people.name, value: profile.name ?? "–" },
                {
                  label: frame.available,
                  value: (
                    <Link to="/wallet">{wallet.data ? <Amount kopecks={wallet.data.available} inUsdt /> : "–"}</Link>
                  ),
                },
                {
                  label: people.completed30,
                  value:
                    profile.completion_rate_30d === null
                      ? "–"
                      : `${Math.round(profile.completion_rate_30d * 100)}\u00a0%`,
                },
                { label: people.cancelsLeft, value: String(cancels_left) },
                { label: people.since, value: dayOf(profile.joined_at, language) },
              ]}
            />
          </Section>
        )}
      </Loaded>
      <Places />
      <Section title={people.look}>
        <Stack>
          {choices}
          <SingleKeys />
          <EnterSends />
        </Stack>
      </Section>
      {session.state === "person" && <OwnSession of={session.person} />}
    </Page>
  );
};

/** Whether single keys act; `?` lists them. */
const SingleKeys = () => {
  const people = useWords("people");
  const on = useSingleKeys();
  return (
    <Switch checked={on} word={on ? people.on : people.off} onChange={chooseSingleKeys}>
      {people.keys}
    </Switch>
  );
};

/** Whether Enter sends in the chat; on a phone it never does. */
const EnterSends = () => {
  const people = useWords("people");
  const on = useEnterSends();
  const isAtKeyboard = useMedia(FINE_POINTER);
  if (!isAtKeyboard) return null;
  return (
    <Switch checked={on} word={on ? people.on : people.off} onChange={chooseEnterSends}>
      {people.enterSends}
    </Switch>
  );
};

/** What is one's own and has a page of its own, and help. */
const Places = () => {
  const { frame } = useText();
  const people = useWords("people");
  const places = [
    { to: "/me/security", icon: "shield", word: people.security },
    { to: "/me/notifications", icon: "bell", word: frame.notifications },
    { to: "/me/tokens", icon: "key", word: people.tokens },
    { to: "/help/how-it-works", icon: "help", word: people.howItWorks },
    { to: "/help/safety", icon: "help", word: people.safety },
  ] as const;
  return (
    <nav aria-label={frame.me}>
      <ul className={css.places}>
        {places.map(({ to, icon, word }) => (
          <li key={to}>
            <Link to={to} className={css.place}>
              <Icon name={icon} />
              {word}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
};

const OwnSession = ({ of }: { readonly of: NonNullable<Session["person"]> }) => {
  const { frame } = useText();
  const people = useWords("people");
  const language = useLanguage();
  const { mutate, isPending, error } = useSignOut();
  return (
    <Section title={people.session}>
      <Stack>
        <Rows
          rows={[
            { label: people.login, value: of.login ?? "–" },
            { label: people.secondFactor, value: of.second_factor.enabled ? people.on : people.off },
            { label: people.sessionUntil, value: dayAndTime(of.expires_at, language) },
          ]}
        />
        <div>
          <Button busy={isPending} onClick={() => mutate()}>
            {frame.signOut}
          </Button>
        </div>
        <Refused error={error} />
      </Stack>
    </Section>
  );
};
