/** How long something waits, in the largest unit that fits. */
import { DAY, HOUR, MINUTE } from "../kernel/time.ts";
import { useText } from "./text.tsx";

export const useAge = (): ((ms: number) => string) => {
  const { common } = useText();
  return (ms) => {
    if (ms < HOUR) return common.minutes({ n: Math.max(0, Math.floor(ms / MINUTE)) });
    return ms < DAY ? common.hours({ n: Math.floor(ms / HOUR) }) : common.days({ n: Math.floor(ms / DAY) });
  };
};
