/** What only somebody with a role has: loaded for nobody else. */
import { type ReactNode, Suspense } from "react";
import { useMe } from "../../data/me.ts";

export const ForStaff = ({ children }: { readonly children: ReactNode }) => {
  const { data: me } = useMe();
  return me === undefined || me.roles.length === 0 ? null : <Suspense fallback={null}>{children}</Suspense>;
};
