import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./paths.mjs";

/**
 * @typedef {object} RunOptions
 * @property {Record<string, string | undefined>} [env] Added to this process's own.
 * @property {string} [cwd]
 * @property {boolean} [shell]
 */

/**
 * Runs a program in the foreground and gives its exit code. Signals sent to us go on to it, so that a stop reaches the whole tree.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      shell: options.shell ?? false,
      stdio: "inherit",
    });
    /** @type {readonly NodeJS.Signals[]} */
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    const settle = () => {
      for (const signal of signals) process.off(signal, forward);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle();
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

/**
 * Runs a program quietly.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { timeoutMs?: number }} [options]
 * @returns {{ ok: boolean, output: string }}
 */
export function capture(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    shell: options.shell ?? false,
    timeout: options.timeoutMs ?? 600_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return {
    ok: done.status === 0,
    output: `${done.stdout ?? ""}${done.stderr ?? ""}${done.error?.message ?? ""}`.trim(),
  };
}

/**
 * How to start npm: the copy that started us where there is one, because `npm` on the PATH may be another one or (on Windows) a
 * script that needs a shell.
 *
 * @param {readonly string[]} args
 * @returns {{ command: string, args: readonly string[], shell: boolean }}
 */
export function npm(args) {
  const own = process.env["npm_execpath"];
  if (own !== undefined && /npm-cli\.[cm]?js$/.test(own))
    return { command: process.execPath, args: [own, ...args], shell: false };
  return { command: "npm", args, shell: process.platform === "win32" };
}

/**
 * A command-line tool of the installed dependencies, to be run by the Node that runs us.
 *
 * @param {string} file Path below `node_modules`.
 */
export const tool = (file) => join(ROOT, "node_modules", ...file.split("/"));
