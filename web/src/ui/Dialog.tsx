/**
 * A dialog: the native element, so that focus stays within and returns, and Esc closes it. On a phone it is a sheet from
 * below, on a desk a card. Nothing in it is pressed by Enter in a field: a form inside is never submitted by itself.
 */
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { IconButton } from "./Button.tsx";
import css from "./Dialog.module.css";
import { useText } from "./text.tsx";

type Props = {
  readonly title: ReactNode;
  readonly onClose: () => void;
  /** Where the focus begins: the heading, or the element that has `data-first`. */
  readonly focus?: "heading" | "first";
  /** Something is being sent: Esc and the cross wait. */
  readonly locked?: boolean;
  /** From the side on a desk, for filters and long forms. */
  readonly side?: boolean;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

export const Dialog = ({
  title,
  onClose,
  focus = "heading",
  locked = false,
  side = false,
  actions,
  children,
}: Props) => {
  const { common } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();

  // Before the element is taken away: what is not in the page any more gives no focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    element.showModal();
    const first = focus === "first" ? element.querySelector<HTMLElement>("[data-first]") : null;
    (first ?? heading.current)?.focus();
    return () => element.close();
  }, [focus]);

  return (
    <dialog
      ref={dialog}
      className={side ? `${css.dialog} ${css.side}` : css.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!locked) onClose();
      }}
    >
      <div className={css.head}>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <IconButton icon="close" label={common.close} disabled={locked} onClick={onClose} />
      </div>
      <div className={css.body}>{children}</div>
      {actions && <div className={css.actions}>{actions}</div>}
    </dialog>
  );
};
