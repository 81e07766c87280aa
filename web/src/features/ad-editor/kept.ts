/** The draft that this browser keeps: of one person, so that whoever comes after on a shared device sees nothing of it. */
import { type Stored, stored } from "../../kernel/storage.ts";
import { type Draft, isDraft } from "./draft.ts";

type Kept = {
  readonly draft: Draft;
  /** Of the ad that it changes: of another version it is no use. */
  readonly version: number;
};

const isKept = (value: unknown): value is Kept =>
  typeof value === "object" &&
  value !== null &&
  "draft" in value &&
  isDraft(value.draft) &&
  "version" in value &&
  typeof value.version === "number";

/** @param ad null: a new one */
export const keptDraft = (person: string, ad: number | null): Stored<Kept> =>
  stored(`draft.ad.${person}.${ad ?? "new"}`, isKept);
