/** The layers of ARCHITECTURE.md as rules. An arrow that is not allowed here fails `npm test`. */

/** What each module may import besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  engine: ["kernel"],
  ledger: ["engine", "kernel", "database"],
  database: ["engine", "kernel"],
  http: ["engine", "kernel"],
  keys: ["kernel"],
  jws: ["kernel"],
  files: ["kernel"],
  deliveries: ["engine", "kernel"],
  rail: ["engine", "kernel", "database", "http", "keys", "jws", "deliveries"],
  identity: ["engine", "kernel", "database", "http"],
  exchange: ["ledger", "engine", "kernel", "database", "http", "keys", "files", "deliveries"],
  settlement: ["exchange", "rail", "engine", "kernel", "database"],
};

/** What stands beside `src`: it knows the product as its users do, or by its indexes. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  "simulators/bank": ["src/jws", "src/kernel"],
  "simulators/traders": [],
  "simulators/sample-market": [
    "src/exchange",
    "src/jws",
    "src/engine",
    "src/kernel",
    "simulators/bank",
    "simulators/traders",
  ],
};

/** Below every room of a system. */
const ROWS = "tables";

/** Rooms of the two systems, each above those it may import. */
const ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  exchange: {
    [ROWS]: [],
    "track-records": [],
    traders: ["track-records"],
    listings: ["traders"],
    chat: ["traders"],
    ads: ["traders", "listings"],
    wallet: ["traders", "listings"],
    orders: ["traders", "track-records", "listings", "chat", "ads"],
    ratings: ["track-records", "listings", "chat"],
    debts: ["traders", "chat", "orders"],
    disputes: ["traders", "chat", "orders"],
    suspension: ["traders"],
    people: ["traders", "suspension"],
    sessions: ["traders", "chat", "orders"],
    dossier: ["traders", "chat", "orders", "disputes"],
    me: ["traders", "chat", "orders", "live"],
    figures: ["orders"],
    live: ["traders", "listings", "chat", "ads", "wallet", "orders", "disputes"],
    webhooks: [],
    market: ["traders", "ads", "ratings"],
    audit: [],
  },
  rail: {
    [ROWS]: [],
    parsers: [],
    budgets: ["parsers"],
    callbacks: [],
    qr: [],
    page: ["participants", "orders", "parsers", "qr"],
    participants: ["parsers", "callbacks", "budgets"],
    "signed-requests": ["parsers", "participants"],
    orders: ["parsers", "budgets", "callbacks", "participants", "qr"],
    aliases: ["parsers", "budgets", "callbacks", "participants", "orders"],
    search: ["parsers", "budgets", "callbacks", "orders", "aliases"],
    "pay-requests": ["parsers", "callbacks", "participants", "orders", "budgets"],
    creditor: ["parsers", "budgets", "callbacks", "participants"],
    register: ["parsers", "participants"],
    returns: ["parsers", "callbacks", "orders"],
    "callback-delivery": [
      "callbacks",
      "participants",
      "orders",
      "aliases",
      "search",
      "pay-requests",
      "returns",
      "parsers",
    ],
    audit: [],
  },
  identity: {
    sessions: [],
    passwords: ["sessions"],
    passkeys: ["sessions"],
    factors: ["sessions", "passwords", "passkeys"],
    people: ["sessions", "passwords", "passkeys", "factors"],
    tokens: ["sessions"],
    mail: ["passwords", "people"],
  },
};

const modules = Object.entries(LAYERS).map(([module, allowed]) => ({
  name: `${module}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/${module}/` },
  to: { path: "^src/", pathNot: `^src/(${[module, ...allowed].join("|")})/` },
}));

const beside = Object.entries(BESIDE).map(([module, allowed]) => ({
  name: `${module.replaceAll("/", "-")}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^${module}/` },
  to: { path: "^(src|simulators|examples)/", pathNot: `^(${[module, ...allowed].join("|")})/` },
}));

const rooms = Object.entries(ROOMS).flatMap(([system, allowedIn]) =>
  Object.entries(allowedIn).map(([room, allowed]) => ({
    name: `room-${system}-${room}-imports-only-what-is-below`,
    severity: "error",
    from: { path: `^src/${system}/${room}/` },
    to: { path: `^src/${system}/[^/]+/`, pathNot: `^src/${system}/(${[room, ROWS, ...allowed].join("|")})/` },
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
    ...beside,
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
    {
      name: "only-the-start-and-the-command-line-know-the-simulators",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(main\\.ts$|cli/)" },
      to: { path: "^(simulators|examples)/" },
    },
    {
      name: "simulators-import-other-modules-through-their-index",
      severity: "error",
      from: { path: "^(simulators/[^/]+)/" },
      to: { path: "^(src|simulators)/([^/]+)/.+", pathNot: ["^$1/", "^(src|simulators)/[^/]+/index\\.ts$"] },
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
