/** Files that go with the next line: looked at before they are sent, uploaded at once, and given up by a press. */
import { useRef, useState } from "react";
import { ACCEPTED, type Waiting } from "../ui/Files.tsx";
import { useSentence } from "../ui/failure.tsx";
import { useWords } from "../ui/words.ts";
import { uploadFile } from "./lines.ts";
import { newKey } from "./mutations.ts";

/** As large as the server takes. */
const MAX_BYTES = 10 * 1024 * 1024;

type Upload = Waiting & {
  /** The server's, once it is there. */
  readonly id: string | null;
};

export const useUploads = (orderId: number) => {
  const chat = useWords("chat");
  const sentence = useSentence();
  const [files, setFiles] = useState<readonly Upload[]>([]);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const endings = useRef(new Map<string, AbortController>());

  const change = (key: string, next: Partial<Upload>) =>
    setFiles((all) => all.map((file) => (file.key === key ? { ...file, ...next } : file)));

  const upload = async (file: File) => {
    const key = newKey();
    const ending = new AbortController();
    endings.current.set(key, ending);
    setFiles((all) => [...all, { key, name: file.name, state: "uploading", share: null, id: null }]);
    const onProgress = (share: number) => change(key, { share });
    const result = await uploadFile(orderId, file, { signal: ending.signal, onProgress });
    endings.current.delete(key);
    if (ending.signal.aborted) return;
    if (result.ok) {
      change(key, { state: "done", id: result.data.id });
      return;
    }
    change(key, { state: "failed" });
    setFaults((all) => [...all, sentence(result.error)]);
  };

  const faultOf = (file: File): string | null => {
    if (file.size > MAX_BYTES) return chat.tooLarge({ name: file.name });
    return ACCEPTED.some((type) => type === file.type) ? null : chat.wrongType({ name: file.name });
  };

  return {
    files,
    faults,
    isUploading: files.some(({ state }) => state === "uploading"),
    ready: files.flatMap(({ id }) => (id === null ? [] : [id])),
    add: (added: readonly File[]) => {
      const found = added.map((file) => ({ file, fault: faultOf(file) }));
      setFaults(found.flatMap(({ fault }) => (fault === null ? [] : [fault])));
      for (const { file, fault } of found) if (fault === null) void upload(file);
    },
    remove: (key: string) => {
      endings.current.get(key)?.abort();
      setFiles((all) => all.filter((file) => file.key !== key));
    },
    clear: () => {
      setFiles([]);
      setFaults([]);
    },
  };
};

export type Uploads = ReturnType<typeof useUploads>;
