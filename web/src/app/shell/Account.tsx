/** Who is here, and what every page offers: language, theme, the way out. */
import { useMe } from "../../data/me.ts";
import { useSignOut } from "../../data/session.ts";
import { Choices } from "../../features/choices/Choices.tsx";
import { IconButton } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Avatar } from "../../ui/Person.tsx";
import { Name, useText } from "../../ui/text.tsx";
import css from "./Account.module.css";

/** Who is here, and the way out. */
export const AccountLine = () => {
  const { frame } = useText();
  const me = useMe();
  const { mutate, isPending } = useSignOut();
  return me.data === undefined ? null : (
    <div className={css.person}>
      <Avatar of={me.data.profile} />
      <span className={css.name}>
        <Name of={me.data.profile} />
      </span>
      <IconButton icon="out" label={frame.signOut} disabled={isPending} onClick={() => mutate()} />
    </div>
  );
};

/** On a phone, behind the button of the top bar. */
export const AccountSheet = ({ onClose }: { readonly onClose: () => void }) => {
  const { frame } = useText();
  return (
    <Dialog title={frame.product} onClose={onClose}>
      <AccountLine />
      <Choices />
    </Dialog>
  );
};
