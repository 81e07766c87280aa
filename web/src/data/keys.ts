/** Whether single keys act: a choice of this browser. */
import { stored } from "../kernel/storage.ts";

export const singleKeys = stored("keys", (value: unknown): value is boolean => typeof value === "boolean");

export const isOn = (): boolean => singleKeys.read() ?? true;
