/** The layers of ARCHITECTURE.md as rules. An arrow that is not allowed here fails `npm test`. */

/** What each module may import besides itself. */
const LAYERS = {
  kernel: [],
  engine: ["kernel"],
  ledger: ["engine", "kernel"],
  database: ["engine", "kernel"],
  http: ["kernel"],
  keys: ["kernel"],
  files: [],
  deliveries: ["kernel"],
  exchange: ["ledger", "engine", "kernel", "database", "http", "keys", "files", "deliveries"],
  demo: ["exchange", "engine", "kernel"],
};

/** Rooms of the exchange, each above those it may import. */
const ROOMS = {
  records: [],
  traders: ["records"],
  listings: ["traders"],
  chat: [],
  ads: ["traders", "listings"],
  wallet: ["traders", "listings"],
  orders: ["traders", "records", "listings", "chat", "ads"],
  ratings: ["records", "listings", "chat"],
  disputes: ["traders", "chat", "orders"],
  sessions: ["chat", "orders"],
  dossier: ["orders", "disputes"],
  live: [],
  webhooks: [],
  market: ["traders", "ads"],
  audit: [],
};

const modules = Object.entries(LAYERS).map(([module, allowed]) => ({
  name: `${module}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/${module}/` },
  to: { path: "^src/", pathNot: `^src/(${[module, ...allowed].join("|")})/` },
}));

const rooms = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `room-${room}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/exchange/${room}/` },
  to: { path: "^src/exchange/[^/]+/", pathNot: `^src/exchange/(${[room, ...allowed].join("|")})/` },
}));

export default {
  forbidden: [
    ...modules,
    ...rooms,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "modules-are-imported-through-their-index",
      severity: "error",
      from: { path: "^src/([^/]+)", pathNot: "^src/exchange/" },
      to: { path: "^src/([^/]+)/.+", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "the-exchange-imports-other-modules-through-their-index",
      severity: "error",
      from: { path: "^src/exchange/" },
      to: { path: "^src/([^/]+)/.+", pathNot: ["^src/exchange/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "rooms-are-imported-through-their-index",
      severity: "error",
      from: { path: "^src/exchange/([^/]+)/" },
      to: { path: "^src/exchange/[^/]+/.+", pathNot: ["^src/exchange/$1/", "^src/exchange/[^/]+/index\\.ts$"] },
    },
    {
      name: "only-the-transition-and-the-opening-touch-escrow",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/exchange/orders/(transition|create-order)\\.ts$" },
      to: { path: "^src/exchange/orders/escrow\\.ts$" },
    },
    { name: "nothing-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-dev-dependency-in-the-product",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "@types" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      extensions: [".ts", ".mjs", ".js"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
