/** How a host wants us to look: before the first paint, and whenever it changes. */
import { useEffect } from "react";
import { host } from "../data/host.ts";
import { applyTheme } from "../data/theme.ts";
import { applyColours } from "../embed/colours.ts";
import type { HostLink } from "../embed/frame.ts";
import type { Look } from "../embed/protocol.ts";
import { isLanguage, type Language } from "../kernel/i18n.ts";

/** A host that has not said it by then is not waited for: a page in our own colours is better than none. */
const FIRST_LOOK_MS = 1_000;

export const firstLook = (link: HostLink): Promise<Look> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve({}), FIRST_LOOK_MS);
    link.onLook((look) => {
      clearTimeout(timer);
      resolve(look);
    });
  });

const dark = matchMedia("(prefers-color-scheme: dark)");
let shown: Look = {};

export const applyLook = (look: Look): void => {
  shown = look;
  applyTheme(look.theme ?? "system");
  applyColours(document, look.colors ?? {});
};

/** What can be read by day may not be readable by night. */
if (host !== null) dark.addEventListener("change", () => applyLook(shown));

export const useHostLook = (speak: (language: Language) => void): void =>
  useEffect(() => {
    host?.onLook((look) => {
      applyLook(look);
      if (isLanguage(look.language) && look.language !== document.documentElement.lang) speak(look.language);
    });
  }, [speak]);
