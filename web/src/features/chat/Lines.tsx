/** The lines by day, oldest first; the list stays at its foot unless somebody has scrolled up, who is told of new ones. */
import {
  Fragment,
  type ReactNode,
  type UIEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Message, Order } from "../../data/types.ts";
import { dayKey, dayOf } from "../../kernel/time.ts";
import { Button } from "../../ui/Button.tsx";
import { useLanguage } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
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

/** Keeps a list at its foot unless somebody has scrolled up. @param mark changes when the list does */
const useFoot = (mark: string) => {
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const toEnd = useCallback(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows its mark
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  }, [mark, atEnd, toEnd]);
  useEffect(() => {
    const element = box.current;
    if (element === null || !atEnd) return;
    // A keyboard that opens, and pictures that come, change the height.
    const keep = new ResizeObserver(toEnd);
    keep.observe(element);
    return () => keep.disconnect();
  }, [atEnd, toEnd]);
  const onScroll = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent<HTMLElement>) =>
    setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR);
  return { box, atEnd, toEnd, onScroll };
};

/** What the stream has brought is there, whatever became of the answer to who wrote it. */
const notThereYet = (waiting: readonly Outgoing[], lines: readonly Message[]): readonly Outgoing[] => {
  const there = new Set(lines.map(({ client_id }) => client_id));
  return waiting.filter(({ clientId }) => !there.has(clientId));
};

export const Lines = ({ order, lines, waiting: sent, onAgain, older, openings }: Props) => {
  const waiting = notThereYet(sent, lines);
  const chat = useWords("chat");
  const last = lines.at(-1)?.seq ?? 0;
  const { box, atEnd, toEnd, onScroll } = useFoot(`${last} ${waiting.length}`);
  const seen = useRef(last);
  if (atEnd) seen.current = last;
  const below = lines.filter(({ seq, kind }) => seq > seen.current && kind !== "system").length;
  useReadMarks(order, lines, atEnd);
  return (
    <div className={css.frame}>
      <div
        ref={box}
        className={css.lines}
        role="log"
        aria-label={chat.lines}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        {older}
        <Days order={order} lines={lines} />
        {waiting.map((line) => (
          <WaitingLine key={line.clientId} line={line} onAgain={onAgain} />
        ))}
        {openings !== null && waiting.length === 0 && <Openings role={order.role} onChoose={openings} />}
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

const Days = ({ order, lines }: Pick<Props, "order" | "lines">) => {
  const chat = useWords("chat");
  const language = useLanguage();
  const today = dayKey(new Date().toISOString());
  return lines.map((line, index) => {
    const day = dayKey(line.created_at);
    const isNewDay = index === 0 || day !== dayKey(lines[index - 1]?.created_at ?? "");
    return (
      <Fragment key={line.seq}>
        {isNewDay && <p className={css.day}>{day === today ? chat.today : dayOf(line.created_at, language)}</p>}
        <Line line={line} order={order} />
      </Fragment>
    );
  });
};

/** Three ways to begin, for whoever does not know what to write. */
const Openings = ({
  role,
  onChoose,
}: {
  readonly role: Order["role"];
  readonly onChoose: NonNullable<Props["openings"]>;
}) => {
  const chat = useWords("chat");
  return (
    <div className={css.openings}>
      {[chat.opening1, role === "buyer" ? chat.opening2 : chat.opening4, chat.opening3].map((text) => (
        <Button key={text} small onClick={() => onChoose(text, [])}>
          {text}
        </Button>
      ))}
    </div>
  );
};
