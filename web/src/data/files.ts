/**
 * Files of the server on the page. With a cookie they have addresses that a browser loads by itself; in a frame of another
 * site there is none, and their bytes are asked for with the token.
 */
import type { Result } from "@parley/client";
import { useEffect, useState } from "react";
import { host } from "./host.ts";
import type { Failure } from "./types.ts";

type Load = (signal: AbortSignal) => Promise<Result<Blob, Failure>>;

/** Where a picture is; undefined until it is there. @param load must stay the same one */
export const useFileAddress = (address: string, load: Load): string | undefined => {
  const [loaded, setLoaded] = useState<string>();
  useEffect(() => {
    if (host === null) return;
    const ending = new AbortController();
    let made: string | undefined;
    void load(ending.signal).then((result) => {
      if (!result.ok || ending.signal.aborted) return;
      made = URL.createObjectURL(result.data);
      setLoaded(made);
    });
    return () => {
      ending.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [load]);
  return host === null ? address : loaded;
};

/** Saves a file under its name. */
export const saveFile = async (name: string, load: Load): Promise<void> => {
  const result = await load(new AbortController().signal);
  if (!result.ok) return;
  const address = URL.createObjectURL(result.data);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};

/** Whether a link to a file works by itself. */
export const hasAddresses = host === null;
