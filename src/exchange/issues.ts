/** Validation issues that only the rules can find, in the form of those that schemas find. */
import { type Refusal, refuse } from "../kernel/index.ts";

/** @property pointer JSON pointer into the part of the request */
export type Issue = { readonly pointer: string; readonly message: string };

export const invalid = (...issues: readonly Issue[]): Refusal<"VALIDATION_ERROR"> =>
  refuse("VALIDATION_ERROR", { issues: issues.map((issue) => ({ in: "body", ...issue })) });

export const invalidQuery = (...issues: readonly Issue[]): Refusal<"VALIDATION_ERROR"> =>
  refuse("VALIDATION_ERROR", { issues: issues.map((issue) => ({ in: "query", ...issue })) });
