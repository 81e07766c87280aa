export { createDirectory, DIRECTORY, type Directory, type KnownKey } from "./directory.ts";
