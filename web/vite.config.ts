/**
 * How the web app is built. Promises what the strict Content-Security-Policy of the server needs: no inline script or
 * style, no data: address for code or fonts; and that a file under assets/ never changes, for its name holds its hash.
 */
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type Rolldown } from "vite";

/** Of `npm run dev`: where `npm start` listens. */
const SERVER = "http://127.0.0.1:8080";

/** Which modules come with this one: what it imports, and so on, but nothing that is loaded later. */
const modulesWith = (root: string, graph: Rolldown.ChunkingContext): ReadonlySet<string> => {
  const found = new Set<string>();
  const add = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) add(imported);
  };
  add(root);
  return found;
};

/** With everything that it imports, by the file where it begins; what is in two is in the first. */
const LOADED_FIRST = {
  early: "src/app/early.ts",
  react: /[\\/]node_modules[\\/](react|react-dom|scheduler)[\\/]/,
  app: "src/app/main.tsx",
  en: "src/locales/en/index.ts",
  ru: "src/locales/ru/index.ts",
  uk: "src/locales/uk/index.ts",
};

const groupOf = ([name, what]: readonly [string, string | RegExp], index: number, all: readonly unknown[]) => {
  const common = { name, debugName: name, priority: all.length - index + 1 };
  if (typeof what !== "string") return { ...common, test: what };
  let modules: ReadonlySet<string> | undefined;
  return {
    ...common,
    name: (id: string, graph: Rolldown.ChunkingContext) => {
      modules ??= modulesWith(join(import.meta.dirname, what), graph);
      return modules.has(id) ? name : null;
    },
  };
};

/** What several pages share is one file: small ones pack badly. What one page needs stays with it. */
const KIT = { name: "kit", test: /[\\/]src[\\/](kernel|ui|data)[\\/]|node_modules/, minShareCount: 3 };

/** What comes with some pages or for some people: `app/early.ts` makes these links work where that is so. */
const LOADED_SOMETIMES = { order: "src/routes/order.tsx", guide: "src/features/first-trade/FirstTrade.tsx" };

const linkOf = (file: string) =>
  file.endsWith(".css")
    ? { rel: "preload", as: "style", crossorigin: true, href: `/${file}` }
    : { rel: "modulepreload", crossorigin: true, href: `/${file}` };

/** The code comes after the looks of the page and what asks for its words and figures. */
const first = (file: string) =>
  file.endsWith(".css")
    ? { rel: "stylesheet", crossorigin: true, href: `/${file}` }
    : { ...linkOf(file), fetchpriority: "low" };

/** What is loaded first is asked for with the page, not when the code has found out that it is wanted. */
const preloadFirst: Plugin = {
  name: "preload-first",
  transformIndexHtml: {
    order: "post",
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const filesOf = (root: Rolldown.OutputChunk, seen = new Set<string>()): ReadonlySet<string> => {
        for (const file of [root.fileName, ...(root.viteMetadata?.importedCss ?? [])]) seen.add(file);
        for (const chunk of chunks)
          if (root.imports.includes(chunk.fileName) && !seen.has(chunk.fileName)) filesOf(chunk, seen);
        return seen;
      };
      const app = chunks.find(({ name }) => name === "app");
      if (app === undefined) throw new Error("What is loaded first has no file of its own");
      const always = filesOf(app);
      const sometimes = Object.entries(LOADED_SOMETIMES).flatMap(([name, module]) => {
        const root = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module));
        if (root === undefined) throw new Error(`${module} has no file of its own`);
        const files = [...filesOf(root)].filter((file) => !always.has(file));
        return files.map(linkOf).map(({ rel, ...link }) => ({ ...link, "data-rel": rel, "data-for": name }));
      });
      return [...[...always].filter((file) => !html.includes(file)).map(first), ...sometimes].map((attrs) => ({
        tag: "link",
        attrs,
        injectTo: "head" as const,
      }));
    },
  },
};

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), preloadFirst],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    assetsDir: "assets",
    // Fonts and pictures are files: the policy takes no data: for fonts, and a file is cached on its own.
    assetsInlineLimit: 0,
    // Browsers that this page is for know modulepreload.
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: { codeSplitting: { groups: [...Object.entries(LOADED_FIRST).map(groupOf), KIT] } },
    },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/docs", "/openapi.json", "/.well-known"].map((path) => [path, SERVER])),
  },
});
