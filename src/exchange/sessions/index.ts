/** Orders as chats. */
export * from "./schemas.ts";
