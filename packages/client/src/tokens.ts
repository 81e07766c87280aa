/**
 * Which token a call bears: asked for once and kept until the server refuses it. However many calls were refused at once,
 * it is renewed once.
 */

/** Null: nobody's. */
export type Token = string | null;

/** @property renew the server refused the last one: it ran out, or its session was ended */
export type TokenSource = string | ((asked: { readonly renew: boolean }) => Token | Promise<Token>);

export type TokenHolder = {
  /** Whether a refused token can be renewed. */
  readonly renews: boolean;
  /** @param refused the token with which the server refused the call; left out at its first try */
  get(refused?: Token): Promise<Token>;
};

export const holdToken = (source: TokenSource | undefined): TokenHolder => {
  if (typeof source !== "function") return { renews: false, get: async () => source ?? null };
  let held: Promise<Token> | null = null;
  let isRefused = false;

  const ask = (renew: boolean): Promise<Token> => {
    isRefused = renew;
    const asked = Promise.resolve({ renew }).then(source);
    held = asked;
    asked.then(
      () => {
        isRefused = false;
      },
      () => {
        // Whoever comes next asks again.
        if (held === asked) held = null;
      },
    );
    return asked;
  };

  return {
    renews: true,
    async get(refused) {
      const current = held ?? ask(isRefused);
      const token = await current;
      if (refused === undefined || token !== refused) return token;
      return held === current ? ask(true) : (held ?? ask(true));
    },
  };
};
