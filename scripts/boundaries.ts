/** Holds the imports against the layers, and makes sure that they were really read. */
import { readdirSync } from "node:fs";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";
import layers from "./layers.ts";

const ROOTS = ["src", "simulators"];

const written = ROOTS.flatMap((root) => readdirSync(root, { recursive: true, encoding: "utf8" })).filter((file) =>
  file.endsWith(".ts"),
).length;
const { output } = await cruise(
  ROOTS,
  { ...layers.options, ruleSet: { forbidden: layers.forbidden }, validate: true } as never,
  undefined,
  { tsConfig: extractTSConfig("tsconfig.json") } as never,
);
const { modules, summary } = output as ICruiseResult;
const seen = modules.filter(({ source }) => ROOTS.some((root) => source.startsWith(`${root}/`))).length;
const arrows = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);

for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
console.log(`${seen} of ${written} files, ${arrows} imports, ${summary.violations.length} over a boundary`);
// A compiler that the tool does not understand makes it see nothing, and everything would pass.
if (seen !== written || arrows < written) console.error("not every file was read");
process.exit(summary.violations.length === 0 && seen === written && arrows >= written ? 0 : 1);
