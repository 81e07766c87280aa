/** Where an act waits for the second factor, the page asks for it: whatever page, above whatever dialog. */
import { lazy, Suspense } from "react";
import { useQuestion } from "../../data/proof.ts";

const StepUpDialog = lazy(async () => {
  const { StepUpDialog: dialog } = await import("../../features/step-up/StepUpDialog.tsx");
  return { default: dialog };
});

export const Proof = () => {
  const question = useQuestion();
  if (question === null) return null;
  return (
    <Suspense>
      <StepUpDialog need={question.need} onAnswer={question.answer} />
    </Suspense>
  );
};
