/** Which language this browser chose, if it did. */
import { isLanguage } from "../kernel/i18n.ts";
import { stored } from "../kernel/storage.ts";

export const languageChoice = stored("language", isLanguage);
