/** One's own second factor: what kinds there are, and giving it by one of them. */
import type { Result } from "@parley/client";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { GivenFactor, Way } from "../ui/ProofField.tsx";
import { api, ask, giveProof } from "./client.ts";
import { stepUpByPasskey, usePasskeys } from "./passkeys.ts";
import { keys } from "./query.ts";
import type { Failure } from "./types.ts";

export const factorQuery = queryOptions({
  queryKey: [...keys.security, "factor"],
  queryFn: ({ signal }) => ask(api.get("/identity/second-factor", { signal })),
  refetchOnMount: "always",
});

/** How one may prove who one is, the easiest first. Undefined: not known yet. @param enabled whether it is asked for */
export const useOwnWays = (enabled: boolean): readonly Way[] | undefined => {
  const { data, isError } = useQuery({ ...factorQuery, enabled });
  const hasPasskeys = usePasskeys() === "here";
  // What is not known is tried: the server says what is wrong.
  if (data === undefined) return isError ? ["app", "recovery"] : undefined;
  return [
    ...(hasPasskeys && data.passkeys > 0 ? (["passkey"] as const) : []),
    ...(data.codes_since === null ? [] : (["app"] as const)),
    ...(data.recovery_codes_left === 0 ? [] : (["recovery"] as const)),
  ];
};

export const giveFactor = ({ way, code }: GivenFactor): Promise<Result<unknown, Failure>> =>
  way === "passkey" ? stepUpByPasskey() : giveProof({ code: code.trim() });
