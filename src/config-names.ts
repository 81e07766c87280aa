/** Names in the environment that look like one of our variables and are none: a typing error there would be obeyed by nobody. */
import { configNames } from "./config.ts";
import type { Environment } from "./config-reader.ts";

const PREFIX = "PARLEY_";
const FILE = "_FILE";
/** From this length on two letters may be wrong; another program's name is hardly so near. */
const LONG = 8;

/** How many letters have to be changed, added, left out or swapped with their neighbour. */
export const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const above = rows[row - 1] as number[];
      const changed = (above[column - 1] as number) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? (rows[row - 2]?.[column - 2] as number) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(changed, swapped, (above[column] as number) + 1, (current[column - 1] as number) + 1));
    }
    rows.push(current);
  }
  return rows.at(-1)?.at(-1) as number;
};

const isNear = (name: string, known: string): boolean => {
  const allowed = known.length < LONG ? 1 : 2;
  return Math.abs(name.length - known.length) <= allowed && distance(name, known) <= allowed;
};

/** @returns a sentence for each */
export const misspellings = (env: Environment): readonly string[] => {
  const known = configNames().flatMap((name) => [name, `${name}${FILE}`]);
  const meant = (name: string): string | undefined => {
    const bare = name.toUpperCase().replace(PREFIX, "");
    return known.find((one) => one === bare) ?? known.find((one) => isNear(bare, one));
  };
  return Object.keys(env)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const one = meant(name);
      return one === undefined ? [] : [`${name} is set and is none of Parley's variables: is ${one} meant?`];
    });
};
