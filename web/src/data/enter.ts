/** Whether Enter sends a line of the chat, a choice of this browser; where there is no keyboard it never does. */
import { stored } from "../kernel/storage.ts";
import { choose, useChoice } from "./choices.ts";

const choice = stored("chat.enter", (value: unknown): value is boolean => typeof value === "boolean");

export const useEnterSends = (): boolean => useChoice(() => choice.read() ?? true);
export const chooseEnterSends = (on: boolean): void => choose(choice, on);
