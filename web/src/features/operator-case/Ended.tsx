/** How a case ended, by whom and why; and that it did while the page was open, so that what was being decided is put away. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Case, Dossier } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Stack } from "../../ui/Page.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { nameOf } from "./names.ts";
import { dossierQuery } from "./queries.ts";
import { endingOf } from "./story.ts";

type Meanwhile = "settled" | "taken" | null;

/**
 * What became of a case that was this reader's to decide, by somebody else's act.
 * @returns setDeciding: whether the reader's own decision is on its way
 */
export const useMeanwhile = (of: Case): { meanwhile: Meanwhile; setDeciding: (isDeciding: boolean) => void } => {
  const wasOpen = useRef(of.status !== "resolved");
  const wasMine = useRef(of.assigned_to_me);
  const isDeciding = useRef(false);
  if (of.assigned_to_me) wasMine.current = true;
  const settled = of.status === "resolved" && wasOpen.current && !isDeciding.current;
  const taken = of.status !== "resolved" && wasMine.current && !of.assigned_to_me;
  return {
    meanwhile: settled ? "settled" : taken ? "taken" : null,
    setDeciding: (now) => {
      isDeciding.current = now;
    },
  };
};

export const Ended = ({ of, isMeanwhile }: { readonly of: Case; readonly isMeanwhile: boolean }) => {
  const operator = useWords("operator");
  const language = useLanguage();
  const dossier = useQuery(dossierQuery(of.order_id));
  return (
    <Stack>
      {isMeanwhile && (
        <Notice tone="soon" title={operator.settledMeanwhile} aloud>
          {operator.settledMeanwhileText}
        </Notice>
      )}
      <Notice tone="done" title={operator.isResolved}>
        {of.resolved_at !== null && <time dateTime={of.resolved_at}>{dayAndTime(of.resolved_at, language)}</time>}
        <Loaded query={dossier}>{(found) => <HowItEnded of={of} dossier={found} />}</Loaded>
      </Notice>
    </Stack>
  );
};

/** In a sentence, with the operator's reason where one ended it. */
const HowItEnded = ({ of, dossier }: { readonly of: Case; readonly dossier: Dossier }) => {
  const text = useText();
  const operator = useWords("operator");
  const ending = endingOf(dossier);
  if (ending === null) return null;
  const { action, actor, reason } = ending;
  const isParty = actor === of.buyer.id || actor === of.seller.id;
  return (
    <>
      <p className={css.text}>{operator.endings[action]}</p>
      {!isParty && <p>{operator.endedBy({ name: nameOf(of, actor, text) })}</p>}
      {reason !== "" && <p className={css.text}>{reason}</p>}
    </>
  );
};
