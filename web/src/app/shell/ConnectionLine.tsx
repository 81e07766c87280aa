/** Says when the page may be old: after three seconds without the stream, and in other words after fifteen. */
import { useEffect, useState } from "react";
import { Icon } from "../../ui/Icon.tsx";
import { useText } from "../../ui/text.tsx";
import { useConnection } from "../live.ts";
import css from "./ConnectionLine.module.css";

/** A blink of the network is nobody's business. */
const RECONNECTING_MS = 3_000;
const OFFLINE_MS = 15_000;

export const ConnectionLine = () => {
  const { frame } = useText();
  const connection = useConnection();
  const [stage, setStage] = useState<"quiet" | "reconnecting" | "offline">("quiet");
  useEffect(() => {
    setStage("quiet");
    if (connection !== "broken") return;
    const timers = [
      setTimeout(() => setStage("reconnecting"), RECONNECTING_MS),
      setTimeout(() => setStage("offline"), OFFLINE_MS),
    ];
    return () => timers.forEach(clearTimeout);
  }, [connection]);
  return (
    <div role="status">
      {stage !== "quiet" && (
        <p className={`${css.line} ${css[stage]}`}>
          <Icon name={stage === "offline" ? "warning" : "clock"} />
          {stage === "offline" ? frame.offline : frame.reconnecting}
        </p>
      )}
    </div>
  );
};
