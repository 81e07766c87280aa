/** The layers of ARCHITECTURE.md as rules. An arrow that is not allowed here fails `npm test`. */

/** What each module may import besides itself. */
const LAYERS = {
  kernel: [],
  engine: ["kernel"],
  ledger: ["engine", "kernel", "database"],
  database: ["engine", "kernel"],
  http: ["kernel"],
  keys: ["kernel"],
  jws: ["kernel"],
  files: [],
  deliveries: ["kernel"],
  rail: ["engine", "kernel", "database", "http", "keys", "jws", "deliveries"],
  exchange: ["ledger", "engine", "kernel", "database", "http", "keys", "files", "deliveries"],
  bank: ["jws", "kernel"],
  demo: ["exchange", "bank", "jws", "engine", "kernel"],
};

/** Rooms of the two systems, each above those it may import. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  exchange: {
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
  },
  rail: {
    members: [],
    budgets: ["members"],
    callbacks: [],
    qr: [],
    page: ["participants", "orders", "members", "qr"],
    participants: ["members", "callbacks", "budgets"],
    auth: ["members", "participants"],
    orders: ["members", "budgets", "callbacks", "participants", "qr"],
    aliases: ["members", "callbacks", "participants", "orders"],
    search: ["members", "callbacks", "orders", "aliases"],
    "pay-requests": ["members", "callbacks", "participants", "orders", "budgets"],
    sending: ["callbacks", "participants", "orders", "aliases", "search", "pay-requests", "members"],
    audit: [],
  },
};

const modules = Object.entries(LAYERS).map(([module, allowed]) => ({
  name: `${module}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/${module}/` },
  to: { path: "^src/", pathNot: `^src/(${[module, ...allowed].join("|")})/` },
}));

const rooms = Object.entries(ROOMS).flatMap(([system, allowedIn]) =>
  Object.entries(allowedIn).map(([room, allowed]) => ({
    name: `room-${system}-${room}-imports-only-what-is-below`,
    severity: "error",
    from: { path: `^src/${system}/${room}/` },
    to: { path: `^src/${system}/[^/]+/`, pathNot: `^src/${system}/(${[room, ...allowed].join("|")})/` },
  })),
);

/** Inside a system its rooms are imported; from outside, the system itself. */
const systems = Object.keys(ROOMS).flatMap((system) => [
  {
    name: `the-${system}-imports-other-modules-through-their-index`,
    severity: "error",
    from: { path: `^src/${system}/` },
    to: { path: "^src/([^/]+)/.+", pathNot: [`^src/${system}/`, "^src/[^/]+/index\\.ts$"] },
  },
  {
    name: `rooms-of-the-${system}-are-imported-through-their-index`,
    severity: "error",
    from: { path: `^src/${system}/([^/]+)/` },
    to: {
      path: `^src/${system}/[^/]+/.+`,
      pathNot: [`^src/${system}/$1/`, `^src/${system}/[^/]+/index\\.ts$`],
    },
  },
]);

export default {
  forbidden: [
    ...modules,
    ...rooms,
    ...systems,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "modules-are-imported-through-their-index",
      severity: "error",
      from: { path: "^src/([^/]+)", pathNot: `^src/(${Object.keys(ROOMS).join("|")})/` },
      to: { path: "^src/([^/]+)/.+", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
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
