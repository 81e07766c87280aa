/** `npm run bench -- NAME [options]`: runs one bench. Each is one file that exports `run`. */

type Bench = { readonly run: (args: readonly string[]) => Promise<void> };

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  trade: () => import("./trade.ts"),
  market: () => import("./market.ts"),
  callers: () => import("./callers.ts"),
  chat: () => import("./chat.ts"),
  streams: () => import("./streams.ts"),
  rail: () => import("./rail.ts"),
  growth: () => import("./growth.ts"),
  pages: () => import("./pages.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (load === undefined) {
  console.error(`Usage: npm run bench -- NAME [options]\nNames: ${Object.keys(BENCHES).join(", ")}`);
  process.exitCode = 2;
} else {
  const { run } = await load();
  await run(args);
}
