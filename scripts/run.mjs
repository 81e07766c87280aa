// Runs a TypeScript file of this project on whatever Node a fresh machine has: `node scripts/run.mjs FILE.ts [args…]`.
// It owns the way from a bare checkout to a running process: packages, the right Node, signals. It promises that FILE
// starts with everything package-lock.json names, hears each Ctrl-C once, has its exit code handed on, and never
// outlives a killed wrapper. Plain JavaScript without dependencies, because it runs before there are any, on Node 20.

import { spawn } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

const THIS_FILE = fileURLToPath(import.meta.url);
const ROOT = dirname(dirname(THIS_FILE));
const MODULES = join(ROOT, "node_modules");
/** Builds the web app where it can, and runs the server. */
const START = join(ROOT, "scripts", "start.ts");

/** npm writes this list of what it installed last of all: an interrupted install has none. */
const INSTALLED = join(MODULES, ".package-lock.json");

/** Beside node_modules, not inside: `npm ci` empties that folder. */
const LOCK = join(ROOT, ".install.lock");

const INSTALL_TRIES = 3;
/** A download can hang without an error; a whole install takes seconds. */
const INSTALL_LIMIT_MS = 180_000;
/** No install lasts longer, so an older claim belongs to a dead process whose id was given out again. */
const CLAIM_LIMIT_MS = INSTALL_TRIES * INSTALL_LIMIT_MS + 60_000;
const OUTPUT_LINES_SHOWN = 30;

/** Type stripping without a flag came with these. */
const OLDEST_NODE = [22, 18];
const OWN_NODE = join(MODULES, `node-${process.platform}-${process.arch}`, "bin", "node");

/** npm hands its children the signal that the terminal has already sent them: two of a kind within this are one. */
const SAME_SIGNAL_MS = 500;
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
/** How soon the end of npm is noticed. */
const NPM_WATCH_MS = 250;
const WRAPPED = "PARLEY_WRAPPED";

/** A fault that the user can do something about: its sentence is shown, not its stack. */
const fault = (sentence) => Object.assign(new Error(sentence), { name: "RunFault" });

// ---------------------------------------------------------------------------------------------------- what is missing

const readPackages = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
};

const isFor = (wanted, actual) => wanted === undefined || [wanted].flat().includes(actual);

/** npm skips optional packages silently, also when a download failed: those for this machine are not optional. */
const mayBeAbsent = (entry, needsDev) => {
  if (entry.dev && !needsDev) return true;
  if (!entry.optional) return false;
  const forThisMachine = entry.os !== undefined && isFor(entry.os, process.platform) && isFor(entry.cpu, process.arch);
  return !forThisMachine || entry.libc !== undefined;
};

const isComplete = (needsDev) => {
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  if (wanted === undefined) throw fault(`package-lock.json is missing in ${ROOT}: this is not a whole checkout`);
  const present = readPackages(INSTALLED);
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link) return true;
    const found = present[path];
    if (found === undefined) return mayBeAbsent(entry, needsDev);
    return found.version === entry.version && existsSync(join(ROOT, path, "package.json"));
  });
};

// ---------------------------------------------------------------------------------------------------------- the lock

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

const claims = () => (existsSync(LOCK) ? readdirSync(LOCK) : []);

const otherClaims = () =>
  claims().filter((name) => {
    const pid = Number(name);
    if (pid === process.pid || !isAlive(pid)) return false;
    const written = statSync(join(LOCK, name), { throwIfNoEntry: false })?.mtimeMs;
    return written !== undefined && Date.now() - written < CLAIM_LIMIT_MS;
  });

/** The one before us may just be removing the folder: then it is made again. */
const announce = (pid) => {
  for (;;) {
    mkdirSync(LOCK, { recursive: true });
    try {
      return writeFileSync(join(LOCK, String(pid)), "");
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
};

/** Removes our claim and those of the dead; the folder goes with the last one, and stays while anybody waits. */
const withdraw = () => {
  const living = new Set(otherClaims());
  for (const name of claims()) if (!living.has(name)) rmSync(join(LOCK, name), { force: true });
  try {
    rmdirSync(LOCK);
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error;
  }
};

/**
 * First announce, then look: of two that come at once, at least the later one sees the other and steps back. A dead
 * process's claim simply does not count, so there is nothing to steal and no race about stealing it.
 */
const claim = async () => {
  for (let said = false; ; said = true) {
    let [other] = otherClaims();
    if (other === undefined) {
      announce(process.pid);
      [other] = otherClaims();
      if (other === undefined) return;
      withdraw();
    }
    if (!said) console.error(`Waiting for process ${other} to finish installing`);
    await sleep(100 + Math.random() * 200);
  }
};

// ------------------------------------------------------------------------------------------------------- installation

/** The npm that started us, run by its own Node; never by the one in node_modules, which the install replaces. */
const npmCommand = () => {
  const { npm_execpath: script = "", npm_node_execpath: node = "" } = process.env;
  if (basename(script) === "npm-cli.js" && existsSync(node) && !node.startsWith(MODULES)) return [node, script];
  return ["npm"];
};

const outsideModules = (path = "") =>
  path
    .split(delimiter)
    .filter((entry) => !entry.startsWith(MODULES))
    .join(delimiter);

const npmCi = () =>
  new Promise((done) => {
    const [command, ...first] = npmCommand();
    const args = [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
    const env = { ...process.env, PATH: outsideModules(process.env.PATH) };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    // Should we be killed, npm goes on, and the next one has to wait for it.
    if (child.pid !== undefined) announce(child.pid);
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const limit = setTimeout(() => {
      output += `\ngiven up after ${INSTALL_LIMIT_MS / 1000} s`;
      child.kill("SIGKILL");
    }, INSTALL_LIMIT_MS);
    const end = (ok, more = "") => {
      clearTimeout(limit);
      done({ ok, output: output + more });
    };
    child.on("error", (error) => end(false, `cannot run ${command}: ${error.message}`));
    child.on("close", (code) => end(code === 0));
  });

/** npm names the cause first; pages of usage may follow. */
const firstLines = (text) => text.trim().split("\n").slice(0, OUTPUT_LINES_SHOWN).join("\n");

const installOnce = async () => {
  // While npm empties the folder, its list of what was there must not vouch for it.
  rmSync(INSTALLED, { force: true });
  const { ok, output } = await npmCi();
  if (!ok) return output;
  return isComplete(true) ? undefined : `${output}\nnpm reported success, but packages for this machine are missing`;
};

const install = async () => {
  for (let attempt = 1; ; attempt += 1) {
    console.error(
      attempt === 1
        ? "Installing the packages of package-lock.json (once; usually under a minute)"
        : `Installing again (try ${attempt} of ${INSTALL_TRIES})`,
    );
    const failure = await installOnce();
    if (failure === undefined) return;
    // EUSAGE: package.json and the lock file disagree; the network has no part in it.
    if (attempt < INSTALL_TRIES && !failure.includes("EUSAGE")) continue;
    console.error(firstLines(failure));
    throw fault("The packages could not be installed; npm's words are above");
  }
};

/** `npm ci` would empty whatever the link leads to, which is somebody else's. */
const refuseLink = () => {
  if (!lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  throw fault(
    "node_modules is a link, and what it leads to lacks packages: installing would empty that folder. " +
      "Please remove the link (rm node_modules) and start again",
  );
};

const ensureInstalled = async (needsDev) => {
  if (isComplete(needsDev)) return;
  refuseLink();
  try {
    await claim();
  } catch (error) {
    throw fault(`Packages are missing and cannot be installed here: ${error.message}`);
  }
  try {
    // The one before us may have done it.
    if (!isComplete(needsDev)) await install();
  } finally {
    withdraw();
  }
};

// --------------------------------------------------------------------------------------------------------- running it

const canRunTypeScript = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  return !isOld && Boolean(process.features.typescript);
};

/**
 * One Ctrl-C is one signal. Under npm it arrives twice, and a second one usually means "stop draining". The listener
 * that does nothing keeps the duplicate from killing a process whose own listener was there only once.
 */
let heard = false;
const hearOnce = (signal) => {
  let heardAt = Number.NEGATIVE_INFINITY;
  const nothing = () => {};
  const { emit } = process;
  process.emit = (name, ...rest) => {
    if (name !== signal) return emit.call(process, name, ...rest);
    if (performance.now() - heardAt < SAME_SIGNAL_MS) return true;
    heardAt = performance.now();
    heard = true;
    if (process.listenerCount(signal) > 1) return emit.call(process, name, ...rest);
    // FILE does not listen: what would have happened without us.
    process.off(signal, nothing);
    process.kill(process.pid, signal);
    return true;
  };
  // Only now: Node binds the emitting function when a signal gets its first listener.
  process.on(signal, nothing);
};

/** A wrapper that was killed cannot forward a signal, but the kernel closes its channel: that is our SIGTERM. */
const stopWithWrapper = () => {
  const stop = () => {
    if (!heard) process.kill(process.pid, "SIGTERM");
  };
  delete process.env[WRAPPED];
  if (!process.connected) return stop();
  process.once("disconnect", stop);
  process.channel.unref();
};

/** The parent of a process, where the system tells without running a program. */
const parentOf = (pid) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
};

const isShell = (pid) => {
  try {
    return /^(ba|da|a|z|k)?sh$/.test(readFileSync(`/proc/${pid}/comm`, "utf8").trim());
  } catch {
    return false;
  }
};

/**
 * npm hands on two signals and dies of all others, and a shell that it may put between hands on none: whoever is left
 * without npm was meant too. Nobody's id is looked up again, so that none can be mistaken for another's.
 */
const stopWithNpm = (stop) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const { ppid } = process;
  const npm = isShell(ppid) ? parentOf(ppid) : undefined;
  const look = setInterval(() => {
    if (process.ppid === ppid && (npm === undefined || parentOf(ppid) === npm)) return;
    clearInterval(look);
    if (!heard) stop();
  }, NPM_WATCH_MS);
  look.unref();
};

const runHere = async (file, args) => {
  for (const signal of ENDING) hearOnce(signal);
  if (process.env[WRAPPED] !== undefined) stopWithWrapper();
  else stopWithNpm(() => process.kill(process.pid, "SIGTERM"));
  process.argv = [process.execPath, file, ...args];
  await import(pathToFileURL(file).href);
};

/** The child runs this same script, so that it hears signals once and notices our end. */
const runWithOwnNode = (file, args) =>
  new Promise((_, fail) => {
    const env = { ...process.env, [WRAPPED]: "1" };
    const child = spawn(OWN_NODE, [THIS_FILE, file, ...args], { stdio: ["inherit", "inherit", "inherit", "ipc"], env });
    for (const signal of ENDING)
      process.on(signal, () => {
        heard = true;
        child.kill(signal);
      });
    stopWithNpm(() => child.kill("SIGTERM"));
    child.on("error", (error) => fail(fault(`Cannot run ${OWN_NODE}: ${error.message}`)));
    child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  });

/** `file` is relative to the checkout, whatever the working directory. */
export const run = async (file, args) => {
  const path = resolve(ROOT, file);
  try {
    // A server installed without development packages is whole; only tests and tools need them.
    await ensureInstalled(!path.startsWith(join(ROOT, "src")) && path !== START);
    if (canRunTypeScript()) return await runHere(path, args);
    if (existsSync(OWN_NODE)) return await runWithOwnNode(path, args);
    throw fault(
      `This is Node ${process.versions.node}; Parley needs ${OLDEST_NODE.join(".")} or newer, and brings none along ` +
        `for ${process.platform}-${process.arch}: please install Node 24`,
    );
  } catch (error) {
    if (error?.name !== "RunFault") throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
};

const isMain = process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(THIS_FILE);
if (isMain) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    console.error("Usage: node scripts/run.mjs FILE.ts [args…]");
    process.exitCode = 2;
  } else {
    await run(file, args);
  }
}
