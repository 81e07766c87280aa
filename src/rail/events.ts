/** What the rail's nodes tell each other. Banks are told by callbacks, which `callbacks/` declares. */
import { defineEvents } from "../engine/index.ts";

/** Whom changes of the directory are told to. */
export const DIRECTORY = "directory";

type Payloads = {
  /** A participant or one of its keys has changed: every node reads the directory anew. */
  readonly directory: { readonly guid: string };
};

export const event = defineEvents<Payloads>();
