/** The guide through a first trade: of the demo alone, and loaded there alone. */
import { type ComponentType, lazy, Suspense, useState } from "react";
import { loadWords } from "../../locales/index.ts";
import { spokenLanguage } from "../language.ts";
import { GUIDE_WORDS } from "../opened.ts";

let loaded: ComponentType | undefined;

export const loadGuide = async (): Promise<{ readonly default: ComponentType }> => {
  const [{ FirstTrade }] = await Promise.all([
    import("../../features/first-trade/FirstTrade.tsx"),
    loadWords(spokenLanguage(), GUIDE_WORDS),
  ]);
  loaded = FirstTrade;
  return { default: FirstTrade };
};

const LazyGuide = lazy(loadGuide);

export const Guide = () => {
  const [Shown] = useState(() => loaded ?? LazyGuide);
  return (
    <Suspense>
      <Shown />
    </Suspense>
  );
};
