/** What the bell opens: what waits for the reader first, then what happened, newest first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { serverClock } from "../../data/clock.ts";
import { host } from "../../data/host.ts";
import { useMe } from "../../data/me.ts";
import { useTurnSentence } from "../../data/turns.ts";
import type { Me } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { Countdown } from "../../ui/Countdown.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./BellList.module.css";
import { type Notification, notificationsQuery, useMarkRead } from "./queries.ts";
import { Sentence } from "./Sentence.tsx";
import { linkOf, toldOf } from "./told.ts";

export const BellList = ({ me, onClose }: { readonly me: string; readonly onClose: () => void }) => {
  const { frame } = useText();
  const notices = useWords("notices");
  const query = useInfiniteQuery(notificationsQuery);
  const { data } = useMe();
  const { mutate, isPending, error } = useMarkRead();
  const turns = data?.your_turn ?? [];
  return (
    <Dialog
      title={frame.notifications}
      onClose={onClose}
      side
      actions={
        <>
          {host === null && (
            <Link to="/me/notifications" className={buttonClass({ kind: "quiet" })} onClick={onClose}>
              {notices.settings}
            </Link>
          )}
          {(data?.notifications_unread ?? 0) > 0 && (
            <Button busy={isPending} onClick={() => mutate(null)}>
              {notices.markAll}
            </Button>
          )}
        </>
      }
    >
      <Refused error={error} />
      {turns.length > 0 && <Turns of={turns} onClose={onClose} />}
      <Loaded query={query} skeleton={<SkeletonLines count={4} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <EmptyState icon="bell" title={notices.empty}>
                {notices.emptyText}
              </EmptyState>
            );
          return (
            <>
              <ul className={css.list} aria-label={frame.notifications}>
                {items.map((item) => (
                  <Item key={item.event.id} of={item} me={me} onClose={onClose} />
                ))}
              </ul>
              <More query={query} />
            </>
          );
        }}
      </Loaded>
    </Dialog>
  );
};

const Turns = ({ of, onClose }: { readonly of: Me["your_turn"]; readonly onClose: () => void }) => {
  const { frame } = useText();
  const sentence = useTurnSentence();
  return (
    <ul className={css.list} aria-label={frame.yourTurn}>
      {of.map((turn) => {
        const id = String(turn.order_id);
        return (
          <li key={id}>
            <Link
              to="/orders/$orderId"
              params={{ orderId: id }}
              className={`${css.item} ${css.turn}`}
              onClick={onClose}
            >
              <Icon name="clock" />
              <span className={css.words}>{sentence(turn)}</span>
              {turn.until !== null && <Countdown until={turn.until} clock={serverClock} brief />}
            </Link>
          </li>
        );
      })}
    </ul>
  );
};

const Item = ({
  of: { read, event },
  me,
  onClose,
}: {
  readonly of: Notification;
  readonly me: string;
  readonly onClose: () => void;
}) => {
  const notices = useWords("notices");
  const language = useLanguage();
  const told = toldOf(event, me);
  if (told === null) return null;
  const inside = (
    <>
      <Icon name={told.icon} />
      <span className={css.words}>
        <span>
          <Sentence of={told} />
        </span>
        {told.line !== null && <bdi className={css.line}>{told.line}</bdi>}
        <span className={css.when}>
          <time dateTime={told.at}>{dayAndTime(told.at, language)}</time>
          {!read && <span className={css.unread}>{notices.unread}</span>}
        </span>
      </span>
    </>
  );
  return (
    <li>
      <Link {...linkOf(told)} className={css.item} onClick={onClose}>
        {inside}
      </Link>
    </li>
  );
};
