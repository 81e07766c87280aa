/** One's own page: who one is to others, what may still be done today, the session and the way out. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMe, useWallet } from "../../data/me.ts";
import { type Session, useSession, useSignOut } from "../../data/session.ts";
import { dayAndTime, dayOf } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Page, Section, Stack } from "../../ui/Page.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
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
      <Section title={people.look}>{choices}</Section>
      {session.state === "person" && <OwnSession of={session.person} />}
    </Page>
  );
};

/** What is one's own and has a page of its own. */
const Places = () => {
  const { frame } = useText();
  return (
    <nav aria-label={frame.me}>
      <ul className={css.places}>
        <li>
          <Link to="/me/notifications" className={css.place}>
            <Icon name="bell" />
            {frame.notifications}
          </Link>
        </li>
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
        <div>
          <Link to="/me/security">{people.security}</Link>
        </div>
        <div>
          <Link to="/me/tokens">{people.tokens}</Link>
        </div>
        <Refused error={error} />
      </Stack>
    </Section>
  );
};
