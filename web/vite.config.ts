/**
 * How the web app is built. Promises what the strict Content-Security-Policy of the server needs: no inline script or
 * style, no data: address for code or fonts; and that a file under assets/ never changes, for its name holds its hash.
 */
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Of `npm run dev`: where `npm start` listens. */
const SERVER = "http://127.0.0.1:8080";

/** What a visitor sees first is asked for with the page, not when the code has found out that it is wanted. */
const FIRST_PAGE = /[\\/]src[\\/]routes[\\/]market\.tsx$/;

const preloadFirstPage: Plugin = {
  name: "preload-first-page",
  transformIndexHtml: {
    order: "post",
    handler(_, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const first = chunks.find(({ facadeModuleId }) => facadeModuleId !== null && FIRST_PAGE.test(facadeModuleId));
      const entry = chunks.find(({ isEntry }) => isEntry);
      if (first === undefined || entry === undefined) throw new Error("The first page has no chunk of its own");
      const known = new Set([entry.fileName, ...entry.imports]);
      return [first.fileName, ...first.imports]
        .filter((file) => !known.has(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `/${file}` },
          injectTo: "head" as const,
        }));
    },
  },
};

/**
 * A file is a round trip or two on a phone, and small ones pack badly: what every page needs is one file, and what several
 * pages share another. What one page needs stays with it.
 */
const SHARED_FILES = [
  { name: "app", tags: ["$initial" as const], priority: 1 },
  { name: "kit", test: /[\\/]src[\\/](kernel|ui|data)[\\/]|node_modules/, minShareCount: 3 },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), preloadFirstPage],
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
    rolldownOptions: { output: { codeSplitting: { groups: SHARED_FILES } } },
  },
  server: {
    proxy: Object.fromEntries(["/api", "/docs", "/openapi.json", "/.well-known"].map((path) => [path, SERVER])),
  },
});
