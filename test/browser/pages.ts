/**
 * Every page of the web app, once: who sees it and where it is. Pictures, axe, the width of a phone and the console are
 * held against this list, so that a page that is added here is looked at in every theme, size and language.
 */
import type { Page } from "playwright-core";

export type PageEntry = {
  /** Of its pictures. */
  readonly name: string;
  readonly path: string;
  /** One of the demo's people; null for a visitor. */
  readonly person: string | null;
  /** What is there when it is all there; the heading unless said otherwise. */
  readonly ready?: (page: Page) => Promise<void>;
};

export const PAGES: readonly PageEntry[] = [{ name: "market", path: "/market?side=buy", person: null }];

/** Waits until a page has what it shows. */
export const whenReady = async (page: Page, { ready }: PageEntry): Promise<void> => {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await ready?.(page);
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
};
