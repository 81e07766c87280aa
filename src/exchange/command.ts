/** How the exchange writes its commands: `defineCommand<Input, Result>()({…})`, with codes of its registry alone. */
import { defineCommandsWith } from "../engine/index.ts";
import type { ErrorCode } from "./errors.ts";

export const defineCommand = defineCommandsWith<ErrorCode>();
