/** The plural forms of English: one, other. */
import { pluralsOf } from "../../kernel/i18n.ts";
import { figuresOf } from "../../kernel/money.ts";

export const plural = pluralsOf("en", figuresOf("en"));
