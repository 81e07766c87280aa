/** Where a visitor signs in, and from where the way leads back to this page. */
import { Link, useRouterState } from "@tanstack/react-router";
import { buttonClass } from "../../ui/Button.tsx";
import { useText } from "../../ui/text.tsx";

export const SignInLink = () => {
  const { frame } = useText();
  const href = useRouterState({ select: (state) => state.location.href });
  return (
    <Link to="/sign-in" search={{ back: href }} className={buttonClass({ small: true })}>
      {frame.signIn}
    </Link>
  );
};
