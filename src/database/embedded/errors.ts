/** Owns how this folder tells one failure from another, and what PostgreSQL's programs say of theirs. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** For `.catch`: these failures count as "there is none", every other one is thrown on. */
export const ignoring =
  (...codes: readonly string[]) =>
  (error: unknown): undefined => {
    if (!codes.includes(codeOf(error) ?? "")) throw error;
  };

/** What helps, by what PostgreSQL says. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|disk quota exceeded/i, "make room on that disk, and start again"],
  [
    /incompatible with server|not compatible with this version/i,
    "start the version of Parley that made it, and move its data over",
  ],
  [
    /invalid permissions|wrong ownership/i,
    "give the directory back to the user that PostgreSQL runs as, with mode 0700",
  ],
  [/could not (map|create) shared memory|Cannot allocate memory/i, "give this machine more memory"],
  [/Permission denied/i, "give that directory to the user that PostgreSQL runs as"],
];

/** The line of a program's output, or of the log, that says why it ended: the last that is no mere consequence. */
export const reasonIn = (output: string): string => {
  const lines = output.trim().split("\n");
  const line = lines.findLast((each) => /(FATAL|PANIC): |initdb: error:/.test(each)) ?? lines.at(-1) ?? "";
  const said = line.replace(/^.*?(FATAL|PANIC|error): +/, "");
  const remedy = REMEDIES.find(([pattern]) => pattern.test(output))?.[1];
  return remedy === undefined ? said : `${said}; ${remedy}`;
};
