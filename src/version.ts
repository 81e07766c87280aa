/** The name and version by which others see us. */
import { readFileSync } from "node:fs";

const manifest: { readonly version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

/** @param url where one finds out who runs it */
export const userAgentOf = (url: string): string => `Parley/${manifest.version} (+${url})`;
