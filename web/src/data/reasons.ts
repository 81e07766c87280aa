/** Why an operator was called, in words; a reason that is not known is shown as the server has it. */
import { useWords } from "../ui/words.ts";

export const useReason = (): ((reason: string) => string) => {
  const orderRoom = useWords("orderRoom");
  return (reason) => {
    const words: unknown = Reflect.get(orderRoom, reason);
    return typeof words === "string" ? words : reason.replaceAll("_", " ");
  };
};
