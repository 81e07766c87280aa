/** Everything that stands around the pages: words, cache, the stream, the router. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { queryClient } from "../data/query.ts";
import type { Language } from "../kernel/i18n.ts";
import { type Catalogue, loadCatalogue } from "../locales/index.ts";
import { SpokenProvider } from "../ui/text.tsx";
import { useHostLook } from "./host-look.ts";
import { languageChoice } from "./language.ts";
import { useLive } from "./live.ts";
import { router } from "./router.tsx";

type Spoken = { readonly language: Language; readonly text: Catalogue };

export const App = ({ first }: { readonly first: Spoken }) => {
  const [spoken, setSpoken] = useState(first);
  const speak = useCallback((language: Language) => {
    void loadCatalogue(language).then((text) => {
      document.documentElement.lang = language;
      setSpoken({ language, text });
    });
  }, []);
  const choose = useCallback(
    (language: Language) => {
      languageChoice.write(language);
      speak(language);
    },
    [speak],
  );
  useHostLook(speak);
  const value = useMemo(() => ({ ...spoken, choose }), [spoken, choose]);
  return (
    <SpokenProvider value={value}>
      <QueryClientProvider client={queryClient}>
        <Live />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </SpokenProvider>
  );
};

const Live = () => {
  useLive();
  return null;
};
