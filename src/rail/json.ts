/** JSON texts made by hand, because an amount goes out as it was written. */

/** A member's value as text, or undefined for a member that is left out. */
export type MemberText = readonly [name: string, text: string | undefined];

export const objectText = (members: readonly MemberText[]): string =>
  `{${members
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(",")}}`;

/** Left out when there is none. */
export const text = (value: string | null | undefined): string | undefined =>
  value === null || value === undefined ? undefined : JSON.stringify(value);
