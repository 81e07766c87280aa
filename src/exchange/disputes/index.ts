/** Disputes, and what operators do about them. */
export * from "./assign.ts";
export * from "./note-act.ts";
export * from "./resolve.ts";
export * from "./views.ts";
