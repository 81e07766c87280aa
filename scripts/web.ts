/**
 * Builds the web app where its sources are not those of the last build; else it is a matter of milliseconds. Promises that
 * `web/dist` is always a whole build, laid there by one renaming, packed for the wire, and small enough for a phone.
 * `--force` builds in any case.
 */
import { hash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const ROOT = join(import.meta.dirname, "..");
const WEB = join(ROOT, "web");
const BUILT = join(WEB, "dist");
const STAMP = ".stamp";

/** What a build depends on; the lock file names the versions of everything else. */
const SOURCES = [
  "web/**/*",
  "packages/*/package.json",
  "packages/*/src/**/*",
  "package-lock.json",
  "tsconfig.json",
  "scripts/web.ts",
];
const NO_SOURCES = /^(node_modules|dist|\.building-.*)$/;

/** Of what a first visit loads, gzipped: a phone far from the mast has it within two seconds. */
const FIRST_LOAD = { ".js": 150_000, ".css": 20_000 } as const;
/** The files of the words that every page says, in each language. */
const WORDS = /^(en|ru|uk)$/;

const PACKED_TYPES = new Set([".js", ".css", ".html", ".svg", ".json", ".txt", ".webmanifest"]);
/** Below it there is nothing to gain. */
const LEAST_BYTES = 512;

const filesOf = (patterns: readonly string[], cwd: string): readonly string[] =>
  globSync([...patterns], {
    cwd,
    withFileTypes: true,
    exclude: ({ name }) => NO_SOURCES.test(name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(cwd, join(entry.parentPath, entry.name)))
    .sort();

const stampOfSources = (): string => {
  const contents = filesOf(SOURCES, ROOT).map((file) => `${file} ${hash("sha256", readFileSync(join(ROOT, file)))}`);
  return hash("sha256", contents.join("\n"));
};

const stampOfBuild = (): string | null => {
  const file = join(BUILT, STAMP);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
};

type Manifest = Readonly<Record<string, { readonly file: string; readonly name?: string }>>;

/** What a first visit loads, in each language: what the page itself names, and the words. */
const firstLoadsOf = (page: string, manifest: Manifest): readonly ReadonlySet<string>[] => {
  const named = [...page.matchAll(/<(?:script|link)[^>]* (?:src|href)="\/([^"]+)"[^>]*>/g)]
    // What has another page's name is loaded there.
    .flatMap(([tag, file = ""]) => (tag.includes("data-for=") ? [] : [file]));
  const words = Object.values(manifest).flatMap(({ name, file }) =>
    name !== undefined && WORDS.test(name) ? [file] : [],
  );
  if (words.length === 0) throw new Error("The web app has no words: what does a visitor load first?");
  return words.map((file) => new Set([...named, file]));
};

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} kB`;

/** @returns what is loaded first, in a sentence. @throws where it is too much */
const weigh = (directory: string): string => {
  const manifest: Manifest = JSON.parse(readFileSync(join(directory, ".vite", "manifest.json"), "utf8"));
  const loads = firstLoadsOf(readFileSync(join(directory, "index.html"), "utf8"), manifest);
  const weightOf = (files: ReadonlySet<string>, type: string): number =>
    [...files]
      .filter((file) => extname(file) === type)
      .reduce((sum, file) => sum + gzipSync(readFileSync(join(directory, file)), { level: 9 }).length, 0);
  const said = Object.entries(FIRST_LOAD).map(([type, limit]) => {
    const bytes = Math.max(...loads.map((files) => weightOf(files, type)));
    if (bytes > limit)
      throw new Error(
        `The web app's first load has ${kilobytes(bytes)} of ${type} gzipped, and ${kilobytes(limit)} are allowed: load ` +
          "what the first page does not need by its route (import() or a lazy route)",
      );
    return `${kilobytes(bytes)} of ${type}`;
  });
  return `first load ${said.join(", ")}, gzipped`;
};

/** What a host page loads before it has anything of ours; see web/src/embed/host.ts. */
const HOST_SCRIPT = "embed.js";
const HOST_SCRIPT_BYTES = 2_048;

/** The one file that runs in pages of others: by itself, in no module of the app's. */
const buildHostScript = async (directory: string): Promise<void> => {
  const { build: viteBuild } = await import("vite");
  await viteBuild({
    root: WEB,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      outDir: directory,
      emptyOutDir: false,
      lib: {
        entry: join(WEB, "src", "embed", "host.ts"),
        formats: ["iife"],
        name: "parley",
        fileName: () => HOST_SCRIPT,
      },
    },
  });
  const { length } = readFileSync(join(directory, HOST_SCRIPT));
  if (length > HOST_SCRIPT_BYTES)
    throw new Error(`${HOST_SCRIPT} has ${length} bytes, and ${HOST_SCRIPT_BYTES} are allowed: host pages wait for it`);
};

/** As small as it gets, once for all requests. */
const pack = (directory: string): void => {
  for (const file of filesOf(["**/*"], directory)) {
    const path = join(directory, file);
    const bytes = readFileSync(path);
    if (!PACKED_TYPES.has(extname(file)) || bytes.length < LEAST_BYTES) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
};

/** Two may build at once: each beside the other, and the last one stays. */
const putInPlace = (directory: string): void => {
  const old = `${directory}-old`;
  try {
    if (existsSync(BUILT)) renameSync(BUILT, old);
    renameSync(directory, BUILT);
  } catch (error) {
    // The other one was a moment faster, with the same sources.
    if (stampOfBuild() !== readFileSync(join(directory, STAMP), "utf8")) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
};

const build = async (stamp: string): Promise<string> => {
  const { build: viteBuild } = await import("vite");
  const directory = join(WEB, `.building-${process.pid}`);
  try {
    await viteBuild({ root: WEB, logLevel: "warn", build: { outDir: directory } });
    const said = weigh(directory);
    await buildHostScript(directory);
    pack(directory);
    writeFileSync(join(directory, STAMP), stamp);
    putInPlace(directory);
    return said;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

/** A server that was installed without what builds it brings its build along. */
const canBuild = (): boolean => existsSync(join(ROOT, "node_modules", "vite", "package.json"));

const main = async (): Promise<void> => {
  const stamp = stampOfSources();
  if (stampOfBuild() === stamp && !process.argv.includes("--force")) return;
  if (!canBuild()) {
    const what = existsSync(BUILT)
      ? "the web app that is there is served, though it is not of these sources"
      : "there is no web app";
    console.error(`The packages that build the web app are not installed: ${what}`);
    return;
  }
  const began = performance.now();
  const said = await build(stamp);
  console.log(`Built the web app in ${((performance.now() - began) / 1_000).toFixed(1)} s: ${said}`);
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
