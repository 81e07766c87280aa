/** Over the list and not before it, so that its coming moves nothing: what changed, and the button that shows it. */
import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { useText } from "./text.tsx";
import type { Held } from "./useHeld.ts";
import css from "./WithChanges.module.css";

type Props = {
  readonly held: Pick<Held<unknown>, "fresh" | "isChanged" | "refresh">;
  /** Where new rows have a name of their own: "3 new ads". */
  readonly news?: (of: { n: number }) => string;
  /** The list, or that there is nothing in it. */
  readonly children: ReactNode;
};

export const WithChanges = ({ held: { fresh, isChanged, refresh }, news, children }: Props) => {
  const { common } = useText();
  return (
    <div className={css.held}>
      <div className={css.place} role="status">
        {isChanged && (
          <div className={css.bar}>
            <span>{fresh > 0 && news !== undefined ? news({ n: fresh }) : common.changed}</span>
            <Button small onClick={refresh}>
              {common.refresh}
            </Button>
          </div>
        )}
      </div>
      {children}
    </div>
  );
};
