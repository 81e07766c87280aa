/** The plural forms of Russian: one, few, many, and other for fractions. */
import { pluralsOf } from "../../kernel/i18n.ts";
import { figuresOf } from "../../kernel/money.ts";

export const plural = pluralsOf("ru", figuresOf("ru"));
