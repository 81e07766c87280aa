/** The layers of the web app and of the client package as rules, beside those of the server in layers.ts. */
import layers from "./layers.ts";

/** What each layer of web/src may import besides itself. */
const WEB_LAYERS: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  embed: ["kernel"],
  locales: ["kernel"],
  ui: ["kernel", "locales"],
  data: ["kernel", "embed", "locales", "ui"],
  features: ["kernel", "locales", "data", "ui"],
  routes: ["kernel", "locales", "data", "ui", "features"],
  app: ["kernel", "embed", "locales", "data", "ui", "features", "routes", "styles"],
  styles: [],
};

/** Who talks to the server. Everybody else may know its types. */
const CALLERS = ["^web/src/(app|data)/", "^web/src/features/[^/]+/queries\\.ts$"];

const webLayers = Object.entries(WEB_LAYERS).map(([layer, allowed]) => ({
  name: `web-${layer}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^web/src/${layer}/` },
  to: { path: "^web/src/", pathNot: `^web/src/(${[layer, ...allowed].join("|")})/` },
}));

export default {
  forbidden: [
    ...webLayers,
    {
      name: "web-files-are-in-a-layer",
      severity: "error",
      from: { path: "^web/src/", pathNot: `^web/src/(${Object.keys(WEB_LAYERS).join("|")})/` },
      to: {},
    },
    {
      name: "web-features-never-import-each-other",
      severity: "error",
      from: { path: "^web/src/features/([^/]+)/" },
      to: { path: "^web/src/features/", pathNot: "^web/src/features/$1/" },
    },
    {
      name: "web-calls-the-api-in-queries-alone",
      severity: "error",
      from: { path: "^web/src/", pathNot: CALLERS },
      to: { path: ["^packages/client/", "^web/src/data/client\\.ts$"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "web-knows-the-server-by-its-api",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^(src|simulators|test|scripts|examples)/" },
    },
    {
      name: "packages-stand-alone",
      severity: "error",
      from: { path: "^packages/([^/]+)/" },
      to: { path: "^(src|web|simulators|test|scripts|examples|packages)/", pathNot: "^packages/$1/" },
    },
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    ...layers.options,
    tsConfig: { fileName: "web/tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".css"],
      conditionNames: ["import", "browser", "default", "types"],
    },
  },
};
