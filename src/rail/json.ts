/** Answers are objects of their schema's type; what JSON.stringify would spell anew is put in as it was written. */

declare global {
  interface JSON {
    /** ECMAScript's "JSON.parse source text access": what `JSON.stringify` puts in as it is. */
    rawJSON(text: string): AsWritten;
  }
}

/** A number in the words of whoever sent it: an amount is echoed, never counted anew. */
export type AsWritten = { readonly rawJSON: string };

/** @param text as JSON writes a number */
export const asWritten = (text: string): AsWritten => JSON.rawJSON(text);

type Optional<Name extends string, Value> = { readonly [name in Name]?: Value };

/** A member that is left out when there is no value. */
export const optional = <const Name extends string, Value>(
  name: Name,
  value: Value | null | undefined,
): Optional<Name, Value> => (value === null || value === undefined ? {} : ({ [name]: value } as Optional<Name, Value>));
