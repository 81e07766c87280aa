/** Who is here, and what every page offers: language, theme, the way out. */
import { useMe } from "../../data/me.ts";
import { useSession, useSignOut } from "../../data/session.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Avatar } from "../../ui/Person.tsx";
import { Name, useText } from "../../ui/text.tsx";
import css from "./Account.module.css";
import { Choices } from "./Choices.tsx";

export const AccountLine = () => {
  const me = useMe();
  return me.data === undefined ? null : (
    <div className={css.person}>
      <Avatar of={me.data.profile} />
      <Name of={me.data.profile} />
    </div>
  );
};

export const SignOut = () => {
  const { frame } = useText();
  const session = useSession();
  const { mutate, isPending } = useSignOut();
  if (session.state !== "person") return null;
  return (
    <Button small busy={isPending} onClick={() => mutate()}>
      {frame.signOut}
    </Button>
  );
};

/** On a phone, behind the button of the top bar. */
export const AccountSheet = ({ onClose }: { readonly onClose: () => void }) => {
  const { frame } = useText();
  return (
    <Dialog title={frame.product} onClose={onClose}>
      <AccountLine />
      <Choices />
      <SignOut />
    </Dialog>
  );
};
