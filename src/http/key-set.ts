/** How a host platform's key set is fetched: bounded in time by its caller, in length and number here, and never redirected. */

/** A host has a few keys, of half a kilobyte each; some add certificates. */
const MAX_KEY_SET_BYTES = 256 * 1_024;
/** A token without a kid is tried with each that fits. */
const MAX_KEYS = 100;

/** The keys cannot be had now: neither the caller's fault nor a bug. */
export class KeysUnavailable extends Error {}

/** The body as text, as long as it is no longer than a key set can be. */
const readBounded = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    // Leaving the loop lets go of the connection.
    if (length > MAX_KEY_SET_BYTES) throw new KeysUnavailable("the key set is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** @throws KeysUnavailable, or what the parser says */
const checkKeySet = (text: string): void => {
  const keys: unknown = Reflect.get(Object(JSON.parse(text)), "keys");
  if (Array.isArray(keys) && keys.length > MAX_KEYS) throw new KeysUnavailable("the key set has too many keys");
};

/** @returns the text of the key set @throws KeysUnavailable, or what the network or the parser says */
export const fetchKeySet = async (url: string, options: RequestInit): Promise<string> => {
  // Where keys are is configuration: no answer sends us elsewhere.
  const response = await fetch(url, { ...options, redirect: "manual" });
  if (response.status !== 200) throw new KeysUnavailable(`the endpoint answered ${response.status}`);
  // Read here, so that a body that breaks off counts as down as well.
  const body = await readBounded(response);
  checkKeySet(body);
  return body;
};
