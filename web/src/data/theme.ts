/** Light, dark, or as the device has it: a choice of this browser. */
import { stored } from "../kernel/storage.ts";
import { choose, useChoice } from "./choices.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme === value);

const choice = stored("theme", isTheme);
const chosen = (): Theme => choice.read() ?? "system";

/** Puts the choice on the page; before the first paint, and whenever it changes. */
export const applyTheme = (theme: Theme = chosen()): void => {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
};

export const chooseTheme = (theme: Theme): void => {
  applyTheme(theme);
  choose(choice, theme);
};

export const useTheme = (): Theme => useChoice(chosen);
