/**
 * How the rail writes its commands, with codes of its registries alone: what banks ask for, and what operators do on the
 * other listener.
 */
import { defineCommandsWith } from "../engine/index.ts";
import type { ErrorCode, OperatorErrorCode } from "./errors.ts";

/** `defineCommand<Input, Result>()({…})` */
export const defineCommand = defineCommandsWith<ErrorCode>();

export const defineOperatorCommand = defineCommandsWith<OperatorErrorCode>();
