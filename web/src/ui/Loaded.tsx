/**
 * The four states of what a page asks for: loading (a skeleton in the true shape, after 200 ms), failed (the old page kept
 * and marked, or a sentence and "try again"), empty (the page's own words) and full.
 */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { useSentence } from "./failure.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import css from "./Loaded.module.css";
import { Notice } from "./Notice.tsx";
import { useText } from "./text.tsx";

type Asked<Data> = Pick<UseQueryResult<Data>, "data" | "error" | "isFetching" | "refetch">;

type Props<Data> = {
  readonly query: Asked<Data>;
  readonly skeleton?: ReactNode;
  /** In place of the usual sentence, such as "There is no such order". Null takes the usual one. */
  readonly failed?: (error: Error) => ReactNode;
  readonly children: (data: Data) => ReactNode;
};

export const Loaded = <Data,>({ query, skeleton, failed, children }: Props<Data>) => {
  const { common } = useText();
  const sentence = useSentence();
  const again = (
    <Button small busy={query.isFetching} onClick={() => void query.refetch()}>
      {common.tryAgain}
    </Button>
  );
  if (query.data === undefined) {
    if (query.error === null) return skeleton ?? <SkeletonLines />;
    return (
      failed?.(query.error) ?? (
        <Notice tone="danger" title={common.failed} action={again} aloud>
          {sentence(query.error)}
        </Notice>
      )
    );
  }
  return (
    <>
      {query.error !== null && (
        <Notice tone="soon" action={again} aloud>
          {common.old}
        </Notice>
      )}
      {children(query.data)}
    </>
  );
};

/** A block of the size of what will stand there. @param height in CSS */
export const Skeleton = ({
  height = "1.5rem",
  width = "100%",
}: {
  readonly height?: string;
  readonly width?: string;
}) => <span className={css.skeleton} style={{ height, width }} aria-hidden="true" />;

/** Lines or cards one under another, with the word for who does not see them. */
export const SkeletonLines = ({
  count = 4,
  height = "4.5rem",
}: {
  readonly count?: number;
  readonly height?: string;
}) => {
  const { common } = useText();
  return (
    <div className={css.lines} role="status">
      <span className={css.word}>{common.loading}</span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <Skeleton key={index} height={height} />
      ))}
    </div>
  );
};

export const EmptyState = ({
  icon,
  title,
  action,
  isPage = false,
  children,
}: {
  readonly icon: IconName;
  readonly title: ReactNode;
  readonly action?: ReactNode;
  /** It is all there is: its title is the page's. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) => (
  <div className={css.empty}>
    <span className={css.emblem}>
      <Icon name={icon} />
    </span>
    {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
    {children && <p>{children}</p>}
    {action && <div className={css.action}>{action}</div>}
  </div>
);
