/** `/sign-in`, its second step, `/sign-up`, `/recover`: where people have accounts here; back to where they came from. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { host } from "../data/host.ts";
import { type Session, useSession } from "../data/session.ts";
import { Forgotten } from "../features/sign-in/Forgotten.tsx";
import { Recover } from "../features/sign-in/Recover.tsx";
import { SecondStep } from "../features/sign-in/SecondStep.tsx";
import { SignIn } from "../features/sign-in/SignIn.tsx";
import { SignUp } from "../features/sign-in/SignUp.tsx";
import { buttonClass } from "../ui/Button.tsx";
import { EmptyState, SkeletonLines } from "../ui/Loaded.tsx";
import { useText } from "../ui/text.tsx";
import { useWords } from "../ui/words.ts";

type Visitor = Extract<Session, { readonly state: "visitor" }>["document"];

/** Who is here already has nothing to do on these pages; who comes from a host platform signs in there. */
const ForVisitors = ({ children }: { readonly children: (document: Visitor) => ReactNode }) => {
  const { common } = useText();
  const people = useWords("people");
  const session = useSession();
  if (session.state === "asking") return <SkeletonLines />;
  if (session.state === "person") {
    return (
      <EmptyState
        icon="me"
        title={people.already({ name: session.person.name ?? common.nameless })}
        action={
          <Link to="/market" className={buttonClass()}>
            {people.toMarket}
          </Link>
        }
      />
    );
  }
  // In a frame nobody signs in: whose page it is says who is here.
  if (!session.document.accounts || host !== null) {
    return (
      <EmptyState icon="me" title={people.hosted}>
        {people.hostedText}
      </EmptyState>
    );
  }
  return children(session.document);
};

/** A path of our own and nothing else: an address that leads away is the market's. */
const useReturn = (): (() => void) => {
  const navigate = useNavigate();
  const { back } = useSearch({ strict: false });
  return () => void navigate({ href: back ?? "/market" });
};

export const SignInRoute = () => {
  const goBack = useReturn();
  const navigate = useNavigate();
  const { back } = useSearch({ strict: false });
  const done = ({ person }: Visitor) => {
    if (person !== null) goBack();
    else void navigate({ to: "/sign-in/second-factor", search: back === undefined ? {} : { back } });
  };
  return <ForVisitors>{({ sign_up }) => <SignIn onDone={done} signUp={sign_up !== "closed"} />}</ForVisitors>;
};

export const SecondStepRoute = () => {
  const goBack = useReturn();
  return (
    <ForVisitors>{({ half_signed_in }) => <SecondStep onDone={goBack} waits={half_signed_in !== null} />}</ForVisitors>
  );
};

export const SignUpRoute = () => {
  const people = useWords("people");
  const { invite } = useSearch({ strict: false });
  const goBack = useReturn();
  return (
    <ForVisitors>
      {({ sign_up }) =>
        sign_up === "closed" ? (
          <EmptyState icon="me" title={people.closed}>
            {people.closedText}
          </EmptyState>
        ) : (
          <SignUp onDone={goBack} needsInvite={sign_up === "invite"} invite={invite ?? ""} />
        )
      }
    </ForVisitors>
  );
};

/** Not for visitors alone: who has forgotten a password may still be here on this device. */
export const RecoverRoute = () => {
  const { code } = useSearch({ strict: false });
  const { document } = useSession();
  if (code !== undefined) return <Recover code={code} />;
  return document === null ? <SkeletonLines /> : <Forgotten byMail={document.recovery_mail} />;
};
