/** Owns how this folder tells one failure of the operating system from another. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** For `.catch`: these failures count as "there is none", every other one is thrown on. */
export const ignoring =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!codes.includes(codeOf(error) ?? "")) throw error;
  };
