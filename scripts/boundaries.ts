/** Holds the imports against the layers, and makes sure that they were really read. */
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import layers from "./layers.ts";
import webLayers from "./layers-web.ts";

type Part = {
  readonly name: string;
  readonly roots: readonly string[];
  readonly rules: typeof layers | typeof webLayers;
};

const PARTS: readonly Part[] = [
  { name: "server", roots: ["src", "simulators"], rules: layers },
  { name: "web", roots: ["web/src", ...globSync("packages/*/src")], rules: webLayers },
];

/** @returns whether all is as it should be */
const check = async ({ name, roots, rules }: Part): Promise<boolean> => {
  const written = roots.flatMap((root) => globSync(`${root}/**/*.{ts,tsx}`)).length;
  const { output } = await cruise(
    [...roots],
    { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true } as never,
    undefined,
    { tsConfig: extractTSConfig(resolve(rules.options.tsConfig.fileName)) } as never,
  );
  const { modules, summary } = output as ICruiseResult;
  // A file that is a root and imported too may be in the list twice.
  const sources = new Set(modules.map(({ source }) => source));
  const seen = [...sources].filter(
    (source) => /\.tsx?$/.test(source) && roots.some((root) => source.startsWith(`${root}/`)),
  );
  const arrows = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
  console.log(
    `${name}: ${seen.length} of ${written} files, ${arrows} imports, ${summary.violations.length} over a boundary`,
  );
  // A compiler that the tool does not understand makes it see nothing, and everything would pass.
  const isWhole = seen.length === written && arrows >= written;
  if (!isWhole) console.error("not every file was read");
  return summary.violations.length === 0 && isWhole;
};

const results: boolean[] = [];
for (const part of PARTS) results.push(await check(part));
process.exit(results.every(Boolean) ? 0 : 1);
