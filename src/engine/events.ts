/** What commands tell. A system declares its events once, as a map of types to payloads; nothing else makes one. */

declare const declared: unique symbol;

/** What happened, told to those it concerns. Made by a system's own constructor alone. */
export type Event = {
  readonly type: string;
  readonly to: readonly string[];
  /** JSON with ids and status; a reader looks the rest up. */
  readonly data: Readonly<Record<string, unknown>>;
  /** In the type only, so that an undeclared type or a wrong payload does not compile. */
  readonly [declared]: true;
};

/** An event as it is read, by its type. */
export type DeclaredEvent<Payloads extends object> = {
  readonly [Type in keyof Payloads & string]: { readonly type: Type; readonly data: Payloads[Type] };
}[keyof Payloads & string];

/** The constructor of a system's events. `Payloads`: type → what an event of that type says. */
export const defineEvents =
  <Payloads extends object>() =>
  <Type extends keyof Payloads & string>(type: Type, to: readonly string[], data: Payloads[Type]): Event =>
    ({ type, to, data }) as unknown as Event;
