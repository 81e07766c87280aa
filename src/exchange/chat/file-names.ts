/**
 * Names of files: whatever a sender says becomes a name that is safe to show and to save under. It names no folder, hides no
 * ending, and ends as the file's content does, so that nothing that is saved runs.
 */
import { create } from "content-disposition";
import { isBlank, toLine } from "../../http/index.ts";
import { withoutTrailing } from "../../kernel/index.ts";

/** As long as a screen shows, and far below what a disk takes. */
export const MAX_FILE_NAME = 100;
/** More is not looked at. */
const MAX_SAID = 1_000;

/** The first is the usual one. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  "image/jpeg": [".jpg", ".jpeg"],
  "image/png": [".png"],
  "image/webp": [".webp"],
  "application/pdf": [".pdf"],
};
/** Of files whose sender said nothing, or nothing that is left. */
const NAMELESS = "file";

/** What some file system takes for something else than a part of a name. */
const UNSAFE = /[<>:"|?*]/g;
/** Machines' own names, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const lastPart = (path: string): string => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** What of a name is kept, without any part of a path, with the ending that it was given; empty when nothing is left. */
export const fileNameOf = (said: string): string => {
  const line = toLine(lastPart(said.slice(0, MAX_SAID))).replace(UNSAFE, "_");
  const visible = withoutTrailing(line.replace(/^[. ]+/, ""), ". ");
  const name = [...visible].slice(0, MAX_FILE_NAME).join("");
  if (isBlank(name)) return "";
  return DEVICE.test(name) ? `_${name}` : name;
};

/** The name to save under: with the ending of what the file is. @param name as it is kept */
export const shownName = (name: string, type: string): string => {
  const [usual = "", ...others] = ENDINGS[type] ?? [];
  const low = name.toLowerCase();
  if (name === "") return `${NAMELESS}${usual}`;
  return [usual, ...others].some((ending) => low.endsWith(ending)) ? name : `${name}${usual}`;
};

/** RFC 6266: something to save, with a name for programs that read plain ASCII alone. */
export const disposition = (name: string): string => create(name, { fallback: name.replace(/[^ -~]|["\\%]/gu, "_") });
