/** The screens, themes and languages that every page is made for. */

export type Size = "phone" | "desk";
export type Theme = "light" | "dark";
export type Language = "en" | "ru" | "uk";

export const SIZES: Readonly<Record<Size, { readonly width: number; readonly height: number }>> = {
  phone: { width: 390, height: 844 },
  desk: { width: 1_280, height: 800 },
};
/** The narrowest screen that is looked after. */
export const NARROWEST = 360;
/** What a desk's screen comes to when its reader doubles everything on it. */
export const DOUBLED = SIZES.desk.width / 2;

export const THEMES: readonly Theme[] = ["light", "dark"];
export const LANGUAGES: readonly Language[] = ["en", "ru", "uk"];

export const LOCALES: Readonly<Record<Language, string>> = { en: "en-GB", ru: "ru-RU", uk: "uk-UA" };
/** Not UTC, so that a time shown in the wrong zone is seen. */
export const TIME_ZONE = "Europe/Kyiv";
