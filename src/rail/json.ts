/** JSON written by hand, because an amount goes out exactly as it was written. */

/** A member's value as JSON text, or undefined for a member that is left out. */
export type JsonMember = readonly [name: string, json: string | undefined];

export const jsonObject = (members: readonly JsonMember[]): string =>
  `{${members
    .filter(([, json]) => json !== undefined)
    .map(([name, json]) => `${JSON.stringify(name)}:${json}`)
    .join(",")}}`;

/** Undefined when there is no value, so that the member is left out. */
export const jsonString = (value: string | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : JSON.stringify(value);
