/** How a command is meant: a line of its own, and under it what its options are. Overviews show the line alone. */
import type { Command } from "./command.ts";

export type OptionHelp = readonly [option: string, says: string];

export const usageOf = (synopsis: string, options: readonly OptionHelp[]): string => {
  const width = Math.max(...options.map(([option]) => option.length));
  return [synopsis, "", ...options.map(([option, says]) => `  ${option.padEnd(width)}  ${says}`)].join("\n");
};

export const synopsisOf = ({ usage }: Command): string => usage.split("\n", 1).join("");
