/** A page for who is signed in; a visitor is told so, and in the demo may become somebody at once. */
import type { ReactNode } from "react";
import { useSession } from "../data/session.ts";
import { DemoPeople } from "../features/demo/DemoPeople.tsx";
import { EmptyState, SkeletonLines } from "../ui/Loaded.tsx";
import { useText } from "../ui/text.tsx";

export const Personal = ({ children }: { readonly children: ReactNode }) => {
  const { frame } = useText();
  const { state } = useSession();
  if (state === "asking") return <SkeletonLines />;
  if (state === "person") return children;
  return (
    <>
      <EmptyState icon="me" title={frame.signInFirst} />
      <DemoPeople />
    </>
  );
};
