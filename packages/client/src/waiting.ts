/** How long to wait before another try, and the waiting. */

export const RETRIES = {
  /** In all, the first included. */
  attempts: 5,
  firstWaitMs: 250,
  /** Whatever the server asks for beyond it is told to the caller instead. */
  longestWaitMs: 5_000,
} as const;

/** Doubles with each try; half of it is chance, so that many who failed together do not come back together. */
export const backOffMs = (attempt: number, longestMs: number = RETRIES.longestWaitMs): number => {
  const whole = Math.min(RETRIES.firstWaitMs * 2 ** (attempt - 1), longestMs);
  return whole / 2 + (Math.random() * whole) / 2;
};

/** Seconds, as our servers write it; null where there is none. */
export const retryAfterMs = (headers: Headers): number | null => {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null;
};

/** Asked anew each time: it changes while something is awaited. */
export const isGivenUp = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/** Resolves early when the signal is given. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (isGivenUp(signal)) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });

/** Ends what is awaited when nothing has come for so long, or when the caller gives up. */
export const createPatience = (ms: number, signal?: AbortSignal) => {
  const own = new AbortController();
  const give = () => own.abort();
  let timer = setTimeout(give, ms);
  signal?.addEventListener("abort", give, { once: true });
  if (isGivenUp(signal)) give();
  return {
    signal: own.signal,
    /** Something has come. @param nextMs how long the next may take */
    anew(nextMs = ms) {
      clearTimeout(timer);
      timer = setTimeout(give, nextMs);
    },
    /** Nothing is awaited any more; a connection that is still open is closed. */
    end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", give);
      own.abort();
    },
  };
};

/** What is awaited, unless the signal is given before. @throws the signal's reason */
export const unlessGivenUp = <Answer>(awaited: Promise<Answer>, signal?: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const give = () => reject(signal?.reason);
    signal?.addEventListener("abort", give, { once: true });
    if (isGivenUp(signal)) give();
    awaited.then(resolve, reject).finally(() => signal?.removeEventListener("abort", give));
  });
