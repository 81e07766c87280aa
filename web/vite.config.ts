/**
 * How the web app is built. Promises what the strict Content-Security-Policy of the server needs: no inline script or
 * style, no data: address for code or fonts; and that a file under assets/ never changes, for its name holds its hash.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Of `npm run dev`: where `npm start` listens. */
const SERVER = "http://127.0.0.1:8080";

/**
 * What nearly every page needs is one file each: split by who shares it with whom, the same modules are forty files, which
 * pack worse and are asked for one by one. What one or two pages need stays with them.
 */
const SHARED_FILES = [
  { name: "kit", test: /[\\/]web[\\/]src[\\/](ui|kernel|data)[\\/]/, minShareCount: 3 },
  { name: "router", test: /[\\/]@tanstack[\\/]/ },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
