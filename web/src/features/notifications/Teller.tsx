/**
 * Tells the reader what happened, once and in one tab: a toast where the page is looked at, a notice of the browser and a
 * sound where that was wished for. Keeps the tab's title, and marks as read what is looked at.
 */
import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { serverClock } from "../../data/clock.ts";
import { onEvent } from "../../data/events.ts";
import { useMe } from "../../data/me.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useText } from "../../ui/text.tsx";
import { useTitlePrefix } from "../../ui/title.ts";
import { useWords } from "../../ui/words.ts";
import { notifyBeyond, permission, playSound } from "./beyond.ts";
import { isBeyondOn, isSoundOn, isToldOf } from "./choices.ts";
import { claim, FRESH_MS } from "./once.ts";
import { useMarkRead } from "./queries.ts";
import { plainSentence, Sentence } from "./Sentence.tsx";
import { FIVE_MINUTES_MS, linkOf, type Told, timeToldOf, toldOf } from "./told.ts";

/** @param me the reader's id */
export const Teller = ({ me }: { readonly me: string }) => {
  const tell = useTell();
  useEffect(
    () =>
      onEvent((event) => {
        const told = toldOf(event, me);
        if (told !== null) tell(told);
      }),
    [me, tell],
  );
  useDeadlines(tell);
  useWaitingInTitle();
  useReadOnOpening();
  return null;
};

const orderOf = (path: string): number | null => Number(/^\/orders\/(\d+)/.exec(path)?.[1] ?? 0) || null;

const usePath = () => useRouterState({ select: (state) => state.location.pathname });

const useTell = (): ((told: Told) => void) => {
  const { common } = useText();
  const notices = useWords("notices");
  const toast = useToast();
  const path = usePath();
  const navigate = useNavigate();
  const latest = useRef({ path, common, notices, navigate });
  latest.current = { path, common, notices, navigate };
  return useCallback(
    (told: Told) => {
      const { kind } = told;
      if (kind === null || (kind !== "security" && !isToldOf(kind))) return;
      if (serverClock.now() - Date.parse(told.at) > FRESH_MS) return;
      void claim(told.id).then((isMine) => {
        const { path: here, common: words, notices: said, navigate: go } = latest.current;
        const isVisible = document.visibilityState === "visible";
        // Whoever looks at the order sees it there.
        if (!isMine || (isVisible && told.orderId !== null && orderOf(here) === told.orderId)) return;
        if (isSoundOn()) void playSound();
        if (isVisible) toast({ icon: told.icon, text: <ToldLink told={told} /> });
        else if (isBeyondOn() && permission() === "granted")
          notifyBeyond(told.id, plainSentence(said, words.nameless, told), () => void go(linkOf(told)));
      });
    },
    [toast],
  );
};

const ToldLink = ({ told }: { readonly told: Told }) => (
  <Link {...linkOf(told)}>
    <Sentence of={told} />
  </Link>
);

/** Five minutes before the clock acts on what waits for the reader; nothing where less was left from the start. */
const useDeadlines = (tell: (told: Told) => void): void => {
  const turns = useMe().data?.your_turn;
  useEffect(() => {
    const timers = (turns ?? []).flatMap(({ order_id, until }) => {
      if (until === null) return [];
      const left = Date.parse(until) - serverClock.now() - FIVE_MINUTES_MS;
      return left <= 0 ? [] : [setTimeout(() => tell(timeToldOf(order_id, until)), left)];
    });
    return () => timers.forEach(clearTimeout);
  }, [turns, tell]);
};

/** "(2) Pay 5 100 ₽": how much waits for the reader, and what is the most urgent of it. */
const useWaitingInTitle = (): void => {
  const { order } = useText();
  const notices = useWords("notices");
  const { limit } = useMoney();
  const { data: me } = useMe();
  const [turn] = me?.your_turn ?? [];
  const count = (me?.your_turn.length ?? 0) + (me?.unread_total ?? 0);
  const what =
    turn === undefined
      ? ""
      : turn.action === "confirm-paid"
        ? `${notices.pay({ amount: limit(turn.fiat_amount, turn.fiat_currency) })} · `
        : `${turn.action === "honour" ? order.checkClaim : order.checkBank} · `;
  useTitlePrefix(count === 0 ? "" : `(${count}) ${what}`);
};

const watchVisibility = (watcher: () => void) => {
  document.addEventListener("visibilitychange", watcher);
  return () => document.removeEventListener("visibilitychange", watcher);
};

const useReadOnOpening = (): void => {
  const orderId = orderOf(usePath());
  const isVisible = useSyncExternalStore(watchVisibility, () => document.visibilityState === "visible");
  const unread = useMe().data?.notifications_unread ?? 0;
  const { mutate } = useMarkRead();
  useEffect(() => {
    if (orderId !== null && isVisible && unread > 0) mutate(orderId);
  }, [orderId, isVisible, unread, mutate]);
};
