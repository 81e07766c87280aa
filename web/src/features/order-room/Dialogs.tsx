/** The dialogs of the order room; one at a time. Each closes by itself when the order moves on elsewhere. */
import { CancelDialog } from "./CancelDialog.tsx";
import { ClaimDialog } from "./ClaimDialog.tsx";
import type { DialogProps } from "./dialog.ts";
import { OperatorDialog } from "./OperatorDialog.tsx";
import { PaidDialog } from "./PaidDialog.tsx";
import { HonourDialog, ReleaseDialog } from "./ReleaseDialog.tsx";

const DIALOGS = {
  paid: PaidDialog,
  release: ReleaseDialog,
  cancel: CancelDialog,
  operator: OperatorDialog,
  claim: ClaimDialog,
  honour: HonourDialog,
};

export const Dialogs = (props: DialogProps) => {
  const Shown = DIALOGS[props.opened.kind];
  return <Shown {...props} />;
};
