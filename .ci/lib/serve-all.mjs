import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { ROOT } from "./paths.mjs";
import { Stop } from "./stop.mjs";

/** @typedef {import("./start-settings.mjs").StartSettings} StartSettings */
/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** A child that has not stopped by then is killed: Ctrl-C must always end. */
const STOP_MS = 5_000;

/**
 * Tells of a port in use before minutes of building, in one line.
 *
 * @param {StartSettings} settings
 */
export async function assertPortsFree(settings) {
  const problems = [];
  for (const [name, port] of /** @type {const} */ ([
    ["ALCOVE_DEMO_PORT", settings.demoPort],
    ["ALCOVE_SYNC_PORT", settings.syncPort],
  ])) {
    const code = await listenProblem(settings.host, port);
    if (code === "EADDRINUSE")
      problems.push(`Port ${port} on ${settings.host} is in use: set ${name} to a free one.`);
    else if (code === "EACCES")
      problems.push(
        `Port ${port} on ${settings.host} needs more rights: set ${name} to one above 1023.`,
      );
    else if (code !== null)
      throw new Stop(
        `${settings.host} cannot be listened on (${code}): set ALCOVE_HOST to an address of this machine.`,
      );
  }
  if (problems.length > 0) throw new Stop(problems.join("\n"));
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | null>} The error's code, or null where the port is free.
 */
function listenProblem(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) =>
      resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message),
    );
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

/**
 * Runs both servers until one of them ends or a signal comes, then stops what is left.
 *
 * @param {StartSettings} settings
 * @returns {Promise<number>}
 */
export async function serveAll(settings) {
  const file = process.env["ALCOVE_SYNC_FILE"] || join(ROOT, ".data", "sync.db");
  mkdirSync(dirname(file), { recursive: true });
  const env = {
    ...process.env,
    ALCOVE_SYNC_FILE: file,
    ALCOVE_HOST: settings.host,
    ALCOVE_DEMO_PORT: String(settings.demoPort),
    ALCOVE_SYNC_PORT: String(settings.syncPort),
  };
  const parts = [
    { name: "Sync server", child: start(join("sync-server", "src", "main.ts"), env) },
    { name: "Demo", child: start(join(".ci", "lib", "demo-main.mjs"), env) },
  ];
  const ended = parts.map(({ name, child }) => exitOf(child).then((code) => ({ name, code })));
  const asked = signalled();

  const addresses = Promise.all(parts.map(({ child }) => addressOf(child)));
  addresses.then(
    ([sync, demo]) =>
      console.log(`\n  Demo         ${demo}\n  Sync server  ${sync}\n\nPress Ctrl-C to stop both.`),
    () => undefined, // a child that ended without an address is told of below
  );

  const first = await Promise.race([asked, ...ended]);
  for (const { child } of parts) child.kill("SIGTERM");
  const deadline = setTimeout(() => parts.forEach(({ child }) => child.kill("SIGKILL")), STOP_MS);
  await Promise.all(ended);
  clearTimeout(deadline);
  if (first === null) {
    console.log("Stopped.");
    return 0;
  }
  console.error(`${first.name} ended (exit code ${first.code}); the other was stopped too.`);
  return first.code === 0 ? 1 : first.code;
}

/**
 * @param {string} script
 * @param {NodeJS.ProcessEnv} env
 */
function start(script, env) {
  return spawn(process.execPath, [join(ROOT, script)], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/**
 * @param {ChildProcess} child
 * @returns {Promise<number>}
 */
function exitOf(child) {
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/**
 * The first line of a child says where it listens; all later ones are passed on.
 *
 * @param {ChildProcess} child
 * @returns {Promise<string>}
 */
function addressOf(child) {
  return new Promise((resolve, reject) => {
    let head = "";
    let told = false;
    child.stdout?.on("data", (/** @type {Buffer} */ bytes) => {
      if (told) {
        process.stdout.write(bytes);
        return;
      }
      head += bytes.toString();
      const address = /listening on (\S+)/.exec(head)?.[1];
      if (address === undefined) return;
      told = true;
      resolve(address);
    });
    child.once("exit", () => reject(new Error("ended before it listened")));
  });
}

/** @returns {Promise<null>} Settles when somebody asks us to stop. */
function signalled() {
  return new Promise((resolve) => {
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
      process.on(signal, () => resolve(null));
  });
}
