/** The events between the rail's nodes. Banks get callbacks instead, which `callbacks/` declares. */
import { defineEvents } from "../engine/index.ts";

/** The recipient of changes to the directory: every node. */
export const DIRECTORY = "directory";

type Payloads = {
  /** A participant or one of its keys has changed: every node reads the directory anew. */
  readonly directory: { readonly guid: string };
};

export const event = defineEvents<Payloads>();
