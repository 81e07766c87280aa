/** A menu: a button that opens a short list of links and acts. The native popover closes it by Esc and by a press elsewhere. */
import { type ReactNode, useId, useRef } from "react";
import { iconButtonClass } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import css from "./Menu.module.css";

type Props = { readonly label: string; readonly icon?: IconName; readonly children: ReactNode };

export const Menu = ({ label, icon = "more", children }: Props) => {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  return (
    <div className={css.menu}>
      <button type="button" className={iconButtonClass} popoverTarget={id} aria-label={label} title={label}>
        <Icon name={icon} />
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a press on an item inside closes the list, by keyboard too */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter on an item is a click */}
      <div id={id} ref={list} popover="auto" className={css.list} onClick={() => list.current?.hidePopover()}>
        {children}
      </div>
    </div>
  );
};

export const menuItemClass = css.item ?? "";
