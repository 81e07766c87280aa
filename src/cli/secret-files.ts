/** Files that hold secrets: made for their owner alone, and never in the place of another. */
import { open } from "node:fs/promises";
import { FailedError } from "../kernel/index.ts";

const OWNER_ALONE = 0o600;

/** A key that is there already signs for somebody: it is never written over. */
export const writeSecret = async (file: string, content: string): Promise<void> => {
  const handle = await open(file, "wx", OWNER_ALONE).catch((error: NodeJS.ErrnoException) => {
    throw new FailedError(
      error.code === "EEXIST"
        ? `${file} is there already: name another file, or take that one away.`
        : `${file} cannot be written: ${error.message}`,
    );
  });
  try {
    await handle.writeFile(content, "utf8");
  } finally {
    await handle.close();
  }
};
