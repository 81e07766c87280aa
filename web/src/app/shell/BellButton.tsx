/** The bell: how many notices are unread. Its list is loaded when it is opened. */
import { lazy, Suspense, useState } from "react";
import { useMe } from "../../data/me.ts";
import { useSession } from "../../data/session.ts";
import { IconButton } from "../../ui/Button.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./BellButton.module.css";

const BellList = lazy(() =>
  import("../../features/notifications/BellList.tsx").then(({ BellList }) => ({ default: BellList })),
);

export const BellButton = () => {
  const { common, frame } = useText();
  const { person } = useSession();
  const n = useMe().data?.notifications_unread ?? 0;
  const [open, setOpen] = useState(false);
  if (person === null) return null;
  return (
    <span className={css.bell}>
      <IconButton
        icon="bell"
        label={n === 0 ? frame.notifications : `${frame.notifications}: ${common.unread({ n })}`}
        onClick={() => setOpen(true)}
      />
      <span className={css.count} aria-hidden="true">
        <Count n={n} label="" />
      </span>
      {open && (
        <Suspense fallback={null}>
          <BellList me={person.id} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </span>
  );
};
