/**
 * The frame around every page. Phone: a top bar with title, back and bell, and a bottom bar of sections, which gives way
 * to the page's own bar where it has one. Desk: a column of sections with the balance at its foot. In a frame of another
 * site, which has a frame of its own around us: one line of sections.
 */
import { useMatches, useRouterState } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { host } from "../../data/host.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../ui/text.tsx";
import { BottomBar } from "./BottomBar.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import { EmbedBar } from "./EmbedBar.tsx";
import css from "./Frame.module.css";
import { Guide } from "./Guide.tsx";
import { Keys } from "./Keys.tsx";
import { Proof } from "./Proof.tsx";
import { SideColumn } from "./SideColumn.tsx";
import type { Section } from "./sections.ts";
import { TopBar } from "./TopBar.tsx";
import { TurnStrip } from "./TurnStrip.tsx";

declare module "@tanstack/react-router" {
  interface StaticDataRouteOption {
    /** The page has a bar of its own at the foot of a phone. */
    readonly ownBar?: boolean;
    /** Where "back" in the top bar leads; without it the page is a section. */
    readonly up?: Section["to"] | "/operator/disputes" | "/operator/people";
    /** The page has its own padding and takes the whole height. */
    readonly full?: boolean;
  }
}

const Teller = lazy(() =>
  import("../../features/notifications/Teller.tsx").then(({ Teller }) => ({ default: Teller })),
);

export const Frame = ({ children }: { readonly children: ReactNode }) => {
  const { frame } = useText();
  const matches = useMatches();
  const ownBar = matches.some(({ staticData }) => staticData.ownBar);
  const full = matches.some(({ staticData }) => staticData.full);
  const { person, document } = useSession();
  const isPlayed = host === null && person !== null && document.demo_traders.length > 0;
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    if (path !== "") window.scrollTo(0, 0);
  }, [path]);

  return (
    <div className={host === null ? css.frame : css.embedded}>
      <a className={css.skip} href="#content">
        {frame.skip}
      </a>
      {host === null && <SideColumn />}
      <div className={css.column}>
        {host === null ? <TopBar /> : <EmbedBar />}
        <ConnectionLine />
        <TurnStrip />
        {isPlayed && <Guide />}
        <main
          id="content"
          tabIndex={-1}
          className={[css.main, ownBar && css.ownBar, full && css.full].filter(Boolean).join(" ")}
        >
          {children}
        </main>
      </div>
      {!ownBar && host === null && <BottomBar />}
      <Keys />
      {person !== null && (
        <Suspense fallback={null}>
          <Teller me={person.id} />
        </Suspense>
      )}
      <Proof />
    </div>
  );
};
