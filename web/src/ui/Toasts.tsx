/**
 * Toasts: what happened elsewhere, for eight seconds, at the foot. They stay while one looks at them (pointer or focus) and
 * never hold the only copy of anything.
 */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { IconButton } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import css from "./Toasts.module.css";
import { useText } from "./text.tsx";

export type Toast = { readonly icon?: IconName; readonly text: ReactNode; readonly action?: ReactNode };

type Shown = Toast & { readonly id: number };

const LASTS_MS = 8_000;
/** More at once would cover the page; the oldest go first, and the bell has them all. */
const AT_ONCE = 3;

const ToastContext = createContext<(toast: Toast) => void>(() => {});

/** Shows a toast. */
export const useToast = (): ((toast: Toast) => void) => useContext(ToastContext);

let lastId = 0;

export const Toasts = ({ children }: { readonly children: ReactNode }) => {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const show = useCallback((toast: Toast) => {
    lastId += 1;
    const id = lastId;
    setShown((others) => [...others, { ...toast, id }].slice(-AT_ONCE));
  }, []);
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), []);
  const list = useMemo(
    () => shown.map((toast) => <ToastCard key={toast.id} toast={toast} onDismiss={dismiss} />),
    [shown, dismiss],
  );
  return (
    <ToastContext value={show}>
      {children}
      <div className={css.toasts} role="status">
        {list}
      </div>
    </ToastContext>
  );
};

const ToastCard = ({ toast, onDismiss }: { readonly toast: Shown; readonly onDismiss: (id: number) => void }) => {
  const { common } = useText();
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => onDismiss(toast.id), LASTS_MS);
    return () => clearTimeout(timer);
  }, [held, toast.id, onDismiss]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: holding it is a convenience; what is in it can be reached without
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on the link inside is a click
    <div
      className={css.toast}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onClick={({ target }) => {
        // Whoever follows its link has read it.
        if (target instanceof Element && target.closest("a") !== null) onDismiss(toast.id);
      }}
    >
      <Icon name={toast.icon ?? "info"} />
      <div className={css.text}>{toast.text}</div>
      {toast.action}
      <IconButton icon="close" label={common.dismiss} onClick={() => onDismiss(toast.id)} />
    </div>
  );
};
