/** Sessions: orders as a list of chats, the latest activity first. */
export * from "./schemas.ts";
