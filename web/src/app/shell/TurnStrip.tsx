/** "Your turn" on every page but the order's own: what waits for the reader, and how long it can. */
import { Link, useRouterState } from "@tanstack/react-router";
import { serverClock } from "../../data/clock.ts";
import { useMe } from "../../data/me.ts";
import { useTurnSentence } from "../../data/turns.ts";
import { Countdown } from "../../ui/Countdown.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./TurnStrip.module.css";

export const TurnStrip = () => {
  const { frame } = useText();
  const sentence = useTurnSentence();
  const me = useMe();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const turn = me.data?.your_turn.find(({ order_id }) => !path.startsWith(`/orders/${order_id}`));
  if (turn === undefined) return null;
  return (
    <section aria-label={frame.yourTurn}>
      <Link to="/orders/$orderId" params={{ orderId: String(turn.order_id) }} className={css.strip}>
        <Icon name="clock" />
        <span className={css.what}>{sentence(turn)}</span>
        {turn.until !== null && (
          <Countdown until={turn.until} clock={serverClock} onOver={() => void me.refetch()} brief />
        )}
      </Link>
    </section>
  );
};
