/** Over a list and not before it, so that its coming moves nothing: what changed, and the button that shows it. */
import { Button } from "./Button.tsx";
import css from "./ChangedBar.module.css";
import type { Held } from "./useHeld.ts";

type Props = {
  readonly held: Pick<Held<never>, "fresh" | "isChanged" | "refresh">;
  readonly words: {
    /** So many that are not shown yet. */
    readonly fresh: (parts: { readonly n: number }) => string;
    readonly changed: string;
    readonly show: string;
  };
};

export const ChangedBar = ({ held: { fresh, isChanged, refresh }, words }: Props) => (
  <div className={css.place} role="status">
    {isChanged && (
      <div className={css.bar}>
        <span>{fresh > 0 ? words.fresh({ n: fresh }) : words.changed}</span>
        <Button small onClick={refresh}>
          {words.show}
        </Button>
      </div>
    )}
  </div>
);
