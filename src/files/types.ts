/** What a file is, by its content: never by what it says that it is. */

export const PICTURE_TYPES = ["image/jpeg", "image/png", "image/webp"] as const;
export type PictureType = (typeof PICTURE_TYPES)[number];
export const FILE_TYPES = [...PICTURE_TYPES, "application/pdf"] as const;
export type FileType = (typeof FILE_TYPES)[number];

const ascii = (head: Buffer, from: number, to: number): string => head.subarray(from, to).toString("latin1");

const BEGINNINGS: Readonly<Record<FileType, (head: Buffer) => boolean>> = {
  "image/jpeg": (head) => ascii(head, 0, 3) === "\xff\xd8\xff",
  "image/png": (head) => ascii(head, 0, 8) === "\x89PNG\r\n\x1a\n",
  "image/webp": (head) => ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 12) === "WEBP",
  // With its version: what only begins so is a text.
  "application/pdf": (head) => /^%PDF-\d\.\d/.test(ascii(head, 0, 8)),
};

/** Null for all that is not taken. @param head the first bytes of a file */
export const typeOf = (head: Buffer): FileType | null => FILE_TYPES.find((type) => BEGINNINGS[type](head)) ?? null;

export const isPicture = (type: FileType): type is PictureType => PICTURE_TYPES.some((picture) => picture === type);
