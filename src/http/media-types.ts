/** The media type of what this module answers with. */
export const JSON_ANSWER = "application/json; charset=utf-8";
