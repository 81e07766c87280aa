/** What a line says where it stands in one row, and what the system's lines say in the reader's language. */
import { useWords } from "../ui/words.ts";
import type { Message } from "./types.ts";

/** The server says it in English; whatever it says that this page does not know yet is shown as it is. */
export const useSystemText = (): ((line: Message) => string) => {
  const { happened } = useWords("chat");
  return ({ event, message }) => {
    const action: unknown = Reflect.get(event ?? {}, "action");
    return typeof action === "string" && action in happened ? happened[action as keyof typeof happened] : message;
  };
};

/** In a list: a line may be hidden, or files alone. */
export const useLineText = (): ((line: Message) => string) => {
  const chat = useWords("chat");
  const system = useSystemText();
  return (line) => {
    if (line.kind === "system") return system(line);
    if (line.hidden) return chat.hidden;
    const [file] = line.attachments;
    return line.message === "" && file !== undefined ? chat.file({ name: file.name }) : line.message;
  };
};
