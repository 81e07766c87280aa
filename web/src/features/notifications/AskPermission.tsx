/** Once, when the first order has started: whether the browser may tell when something happens while one looks elsewhere. */

import { choose, useChoice } from "../../data/choices.ts";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Line } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import { askPermission, usePermission } from "./beyond.ts";
import { asked } from "./choices.ts";

export const AskPermission = () => {
  const notices = useWords("notices");
  const permission = usePermission();
  const isAnswered = useChoice(() => asked.read() ?? false);
  if (isAnswered || permission !== "default") return null;
  const answer = (yes: boolean) => {
    choose(asked, true);
    if (yes) void askPermission();
  };
  return (
    <Notice
      title={notices.ask}
      action={
        <Line>
          <Button small onClick={() => answer(true)}>
            {notices.allow}
          </Button>
          <Button small kind="quiet" onClick={() => answer(false)}>
            {notices.notNow}
          </Button>
        </Line>
      }
    >
      {notices.askText}
    </Notice>
  );
};
