/** No such page, and a page that broke. */
import { Link } from "@tanstack/react-router";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { EmptyState } from "../../ui/Loaded.tsx";
import { useText } from "../../ui/text.tsx";
import { useTitle } from "../../ui/title.ts";

export const NotFound = () => {
  const { frame } = useText();
  useTitle(frame.notFound);
  return (
    <EmptyState
      isPage
      icon="help"
      title={frame.notFound}
      action={
        <Link to="/market" className={buttonClass()}>
          {frame.toMarket}
        </Link>
      }
    >
      {frame.notFoundText}
    </EmptyState>
  );
};

export const Broken = () => {
  const { frame } = useText();
  useTitle(frame.broken);
  return (
    <EmptyState
      isPage
      icon="warning"
      title={frame.broken}
      action={<Button onClick={() => location.reload()}>{frame.reload}</Button>}
    >
      {frame.brokenText}
    </EmptyState>
  );
};
