/**
 * A new ad, or another one of an old: three blocks on a page, on a phone a step each, with the ad as takers will see it
 * beside them. The server decides; what can be known before is said at once. What is written is kept in this browser.
 */
import { useBlocker, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { OwnAd } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { useToast } from "../../ui/Toasts.tsx";
import { useMedia } from "../../ui/useMedia.ts";
import { useWords } from "../../ui/words.ts";
import css from "./AdEditor.module.css";
import { AmountsBlock } from "./AmountsBlock.tsx";
import type { Draft } from "./draft.ts";
import { type Block, blockOf, type Fault, type Field } from "./faults.ts";
import { LeaveDialog } from "./LeaveDialog.tsx";
import { PaymentBlock } from "./PaymentBlock.tsx";
import { Steps } from "./Steps.tsx";
import { Summary } from "./Summary.tsx";
import { type Editor, useEditor } from "./useEditor.ts";
import { WhatBlock } from "./WhatBlock.tsx";

/** From here on the three blocks are one page. */
const WHOLE = "(min-width: 768px)";

export type EditorProps = Omit<Parameters<typeof useEditor>[0], "onDone"> & {
  /** On a phone. */
  readonly step: Block;
  readonly onStep: (step: Block) => void;
  readonly currencies: readonly string[];
  /** The ad as takers will see it. */
  readonly preview: (draft: Draft) => ReactNode;
};

export const AdEditor = ({ step, onStep, currencies, preview, ...given }: EditorProps) => {
  const { ad } = given;
  const adEditor = useWords("adEditor");
  const whole = useMedia(WHOLE);
  const finish = useFinish(ad);
  const editor = useEditor({ ...given, onDone: finish.done });
  const summary = useSummary(editor, { step, whole, onStep });
  const shows = (block: Block) => whole || step === block;
  return (
    <Page title={ad === null ? adEditor.newTitle : adEditor.editTitle({ id: String(ad.id) })}>
      <Before editor={editor} isNew={ad === null} />
      {!whole && <Steps step={step} />}
      <Summary faults={summary.shown} attempt={summary.attempt} onPick={summary.goTo} />
      <Refused error={editor.act.failure !== null && summary.shown.length === 0 ? editor.act.failure : null} />
      <div className={css.layout}>
        <form className={css.form} noValidate onSubmit={(event) => event.preventDefault()}>
          {shows(1) && <WhatBlock editor={editor} ad={ad} currencies={currencies} />}
          {shows(2) && <AmountsBlock editor={editor} ad={ad} />}
          {shows(3) && <PaymentBlock editor={editor} catalogue={given.catalogue} />}
          {whole && <Bar editor={editor} isNew={ad === null} onSubmit={summary.submit} />}
        </form>
        {(whole || step === 3) && (
          <aside className={css.aside} aria-label={adEditor.preview}>
            <p className={css.asideTitle}>{adEditor.preview}</p>
            {preview(editor.draft)}
          </aside>
        )}
      </div>
      {!whole && (
        <Bar
          editor={editor}
          isNew={ad === null}
          onSubmit={summary.submit}
          steps={{ step, onNext: summary.next, onStep }}
        />
      )}
      <Leaving editor={editor} isDone={finish.isDone} />
    </Page>
  );
};

/** What the reader should know before the first field. */
const Before = ({ editor, isNew }: { readonly editor: Editor; readonly isNew: boolean }) => {
  const adEditor = useWords("adEditor");
  return (
    <>
      {!isNew && <Notice tone="info">{adEditor.runningKeep}</Notice>}
      {editor.restored && (
        <Notice
          action={
            <Button small onClick={editor.startAnew}>
              {adEditor.startAnew}
            </Button>
          }
        >
          {adEditor.restored}
        </Notice>
      )}
    </>
  );
};

/** Asks whoever goes elsewhere in the app; what closes or reloads the page loses nothing, for the draft is kept. */
const Leaving = ({ editor, isDone }: { readonly editor: Editor; readonly isDone: () => boolean }) => {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => editor.dirty && !isDone() && current.pathname !== next.pathname,
    enableBeforeUnload: false,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <LeaveDialog
      onStay={blocker.reset}
      onLeave={blocker.proceed}
      onDiscard={() => {
        editor.forget();
        blocker.proceed();
      }}
    />
  );
};

/** Back to the list, where the new ad stands; nobody is asked about a draft that is published. */
const useFinish = (ad: OwnAd | null) => {
  const adEditor = useWords("adEditor");
  const navigate = useNavigate();
  const toast = useToast();
  const done = useRef(false);
  return {
    isDone: () => done.current,
    done: () => {
      done.current = true;
      toast({ icon: "check", text: ad === null ? adEditor.published : adEditor.saved });
      void navigate({ to: "/my-ads" });
    },
  };
};

type Place = { readonly step: Block; readonly whole: boolean; readonly onStep: (step: Block) => void };

/** What stands at the top after a try that failed, and the way from there to the field. */
const useSummary = (editor: Editor, { step, whole, onStep }: Place) => {
  const [attempt, setAttempt] = useState(0);
  /** Up to which block the last try looked. */
  const [upTo, setUpTo] = useState<Block>(3);
  const [wanted, setWanted] = useState<Field | null>(null);
  useEffect(() => {
    if (wanted === null) return;
    if (!whole && step !== blockOf(wanted)) return;
    focusField(wanted);
    setWanted(null);
  }, [wanted, step, whole]);

  const refused = editor.act.failure;
  useEffect(() => {
    if (refused === null) return;
    setUpTo(3);
    setAttempt((before) => before + 1);
  }, [refused]);

  const within = (block: Block): readonly Fault[] => editor.faults.filter(({ field }) => blockOf(field) <= block);
  const attemptUpTo = (block: Block): boolean => {
    const found = within(block);
    setUpTo(block);
    editor.showAll(found.map(({ field }) => field));
    if (found.length === 0) return true;
    setAttempt(attempt + 1);
    return false;
  };
  return {
    attempt,
    shown: attempt === 0 ? [] : within(upTo),
    goTo: (field: Field) => {
      if (!whole) onStep(blockOf(field));
      setWanted(field);
    },
    next: () => {
      if (attemptUpTo(step)) onStep(step === 1 ? 2 : 3);
    },
    submit: () => {
      if (attemptUpTo(3)) editor.submit();
    },
  };
};

const focusField = (field: Field): void => {
  const place = document.querySelector(`[data-field="${CSS.escape(field)}"]`);
  place?.querySelector<HTMLElement>("input, select, textarea, a")?.focus();
  place?.scrollIntoView({ block: "center" });
};

type BarProps = {
  readonly editor: Editor;
  readonly isNew: boolean;
  readonly onSubmit: () => void;
  readonly steps?: { readonly step: Block; readonly onNext: () => void; readonly onStep: (step: Block) => void };
};

const Bar = ({ editor, isNew, onSubmit, steps }: BarProps) => {
  const adEditor = useWords("adEditor");
  const isLast = steps === undefined || steps.step === 3;
  return (
    <div className={css.bar}>
      {steps !== undefined && steps.step > 1 && (
        <Button onClick={() => steps.onStep(steps.step === 3 ? 2 : 1)}>{adEditor.before}</Button>
      )}
      <div className={css.main}>
        {isLast ? (
          <Button kind="primary" wide busy={editor.act.busy} onClick={onSubmit}>
            {isNew ? adEditor.publish : adEditor.save}
          </Button>
        ) : (
          <Button kind="primary" wide onClick={steps.onNext}>
            {adEditor.next}
          </Button>
        )}
      </div>
    </div>
  );
};
