/**
 * Single keys: `/` to the filters, `g` and a letter to a section, `?` for the list. None touches money, none acts while
 * somebody writes or a dialog is open, and all can be turned off.
 */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { chooseSingleKeys, isSingleKey, useSingleKeys } from "../../data/keys.ts";
import { Switch } from "../../ui/Choice.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { useText } from "../../ui/text.tsx";
import { SECTIONS } from "./sections.ts";

/** So long `g` waits for its letter. */
const PAIR_MS = 1_500;

export const Keys = () => {
  const text = useText();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const on = useSingleKeys();
  const pairUntil = useRef(0);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isSingleKey(event)) return;
      const section = SECTIONS.find(({ key }) => key === event.key);
      if (event.timeStamp < pairUntil.current && section !== undefined) {
        pairUntil.current = 0;
        void navigate({ to: section.to });
      } else if (event.key === "g") {
        pairUntil.current = event.timeStamp + PAIR_MS;
      } else if (event.key === "?") {
        setOpen(true);
      } else if (event.key === "/") {
        // A phone and a desk have filters of their own; one of them is not shown.
        const filters = [...document.querySelectorAll<HTMLElement>("[data-filters] input")];
        const filter = filters.find((input) => input.checkVisibility());
        if (filter === undefined) return;
        event.preventDefault();
        filter.focus();
      }
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [navigate]);

  if (!open) return null;
  const sections = SECTIONS.filter(({ key }) => key !== undefined);
  return (
    <Dialog title={text.frame.keys} onClose={() => setOpen(false)}>
      <Switch checked={on} word="" onChange={chooseSingleKeys}>
        {text.frame.keysOn}
      </Switch>
      <Rows
        rows={[
          { label: "/", value: text.frame.keyFilters },
          ...sections.map((section) => ({ label: `g ${section.key}`, value: section.word(text) })),
          { label: "?", value: text.frame.keyHelp },
          { label: "Esc", value: text.frame.keyClose },
        ]}
      />
    </Dialog>
  );
};
