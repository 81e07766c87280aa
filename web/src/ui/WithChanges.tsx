/** Over the list and not before it, so that its coming moves nothing: what changed, and the button that shows it. */
import { Button } from "../../ui/Button.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./ChangedBar.module.css";
import type { Held } from "./useHeld.ts";

export const ChangedBar = ({ held: { fresh, isChanged, refresh } }: { readonly held: Held }) => {
  const { market } = useText();
  return (
    <div className={css.place} role="status">
      {isChanged && (
        <div className={css.bar}>
          <span>{fresh > 0 ? market.newAds({ n: fresh }) : market.changed}</span>
          <Button small onClick={refresh}>
            {market.refresh}
          </Button>
        </div>
      )}
    </div>
  );
};
