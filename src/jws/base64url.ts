/**
 * Strict base64url (RFC 4648 section 5, without padding). Node's decoder skips what it does not know, takes the other
 * alphabet, and ignores trailing bits, so that many texts stand for the same bytes. Here exactly one does: the one that
 * encoding gives back. It holds for alphabet, padding, blanks, lengths and trailing bits at once.
 *
 * @returns null for any other text, the empty one among them: nothing of ours is empty
 */
export const decodeBase64url = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, "base64url");
  return text !== "" && bytes.toString("base64url") === text ? bytes : null;
};
