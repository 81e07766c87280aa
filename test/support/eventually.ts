/** How tests wait for what a server or a database does in its own time. */

/** Only what hangs takes so long, however busy the machine is. */
const LIMIT_MS = 180_000;
const LOOK_EVERY_MS = 20;

/** Waits for a condition that an event elsewhere brings about, looking often. Fails loudly when it never comes. */
export const eventually = async <Value>(
  look: () => Promise<Value | undefined | false>,
  what: string,
): Promise<Value> => {
  const until = Date.now() + LIMIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > until) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};
