/** Single keys: whether they act, which is a choice of this browser, and whether one that is pressed is meant as one. */
import { stored } from "../kernel/storage.ts";
import { choose, useChoice } from "./choices.ts";

const choice = stored("keys", (value: unknown): value is boolean => typeof value === "boolean");
const isOn = (): boolean => choice.read() ?? true;

export const useSingleKeys = (): boolean => useChoice(isOn);
export const chooseSingleKeys = (on: boolean): void => choose(choice, on);

/** Where keys are letters; a box that is ticked is none. */
const WRITTEN_IN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

const isBusy = (target: EventTarget | null): boolean =>
  document.querySelector("dialog[open]") !== null ||
  (target instanceof HTMLElement && target.closest(WRITTEN_IN) !== null);

/** None acts with another key held, while somebody writes, or while a dialog is open. */
export const isSingleKey = ({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean =>
  isOn() && !ctrlKey && !metaKey && !altKey && !isBusy(target);
