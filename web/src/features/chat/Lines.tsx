/** The lines by day, oldest first; the list stays at its foot unless somebody has scrolled up, who is told of new ones. */
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message, Order } from "../../data/types.ts";
import { dayKey, dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { Line, WaitingLine } from "./Line.tsx";
import css from "./Lines.module.css";
import type { Outgoing } from "./outbox.ts";
import { useReadMarks } from "./readMarks.ts";

type Props = {
  readonly order: Order;
  readonly lines: readonly Message[];
  readonly waiting: readonly Outgoing[];
  readonly onAgain: (clientId: string) => void;
  readonly older: ReactNode;
  /** Sends a suggested opening; null where somebody has written. */
  readonly openings: ((text: string, attachments: readonly string[]) => void) | null;
};

/** Within so many pixels of its end the list counts as at its end. */
const NEAR = 48;

export const Lines = ({ order, lines, waiting, onAgain, older, openings }: Props) => {
  const { chat } = useText();
  const language = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const last = lines.at(-1)?.seq ?? 0;
  const seen = useRef(last);
  if (atEnd) seen.current = last;
  const below = lines.filter(({ seq, kind }) => seq > seen.current && kind !== "system").length;
  useReadMarks(order, lines, atEnd);

  const toEnd = () => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows its last line and what is on its way
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  }, [last, waiting.length, atEnd]);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const keep = new ResizeObserver(() => {
      if (atEnd) element.scrollTop = element.scrollHeight;
    });
    keep.observe(element);
    return () => keep.disconnect();
  }, [atEnd]);

  return (
    <div className={css.frame}>
      <div
        ref={box}
        className={css.lines}
        role="log"
        aria-label={chat.lines}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR)
        }
      >
        {older}
        {lines.map((line, index) => {
          const day = dayKey(line.created_at);
          const isNewDay = index === 0 || day !== dayKey(lines[index - 1]?.created_at ?? "");
          return (
            <Fragment key={line.seq}>
              {isNewDay && (
                <p className={css.day}>
                  {day === dayKey(new Date().toISOString()) ? chat.today : dayOf(line.created_at, language)}
                </p>
              )}
              <Line line={line} order={order} />
            </Fragment>
          );
        })}
        {waiting.map((line) => (
          <WaitingLine key={line.clientId} line={line} onAgain={onAgain} />
        ))}
        {openings !== null && waiting.length === 0 && (
          <div className={css.openings}>
            {[chat.opening1, order.role === "buyer" ? chat.opening2 : chat.opening1, chat.opening3]
              .filter((text, index, all) => all.indexOf(text) === index)
              .map((text) => (
                <Button key={text} small onClick={() => openings(text, [])}>
                  {text}
                </Button>
              ))}
          </div>
        )}
      </div>
      {below > 0 && (
        <div className={css.below}>
          <Button small icon="down" onClick={toEnd}>
            {chat.newBelow({ n: below })}
          </Button>
        </div>
      )}
    </div>
  );
};
