/** What this browser tells, and how: choices of the browser, not of the person, because it is the one that makes noise. */
import { stored } from "../../kernel/storage.ts";
import { KINDS, type Kind } from "./told.ts";

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const areKinds = (value: unknown): value is readonly Kind[] =>
  Array.isArray(value) && value.every((kind) => KINDS.some((each) => each === kind));

/** Kinds that were switched off. */
export const silenced = stored("notices.silenced", areKinds);
export const sound = stored("notices.sound", isBoolean);
/** Beyond the page, where the browser allows it. */
export const beyondThePage = stored("notices.browser", isBoolean);
/** The question was answered, whatever with. */
export const asked = stored("notices.asked", isBoolean);

export const isToldOf = (kind: Kind): boolean => !(silenced.read() ?? []).includes(kind);
export const isSoundOn = (): boolean => sound.read() ?? false;
export const isBeyondOn = (): boolean => beyondThePage.read() ?? true;
