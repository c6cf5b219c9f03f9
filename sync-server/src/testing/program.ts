import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Compiled once, not at each of a thousand starts. */
const COMPILED = fileURLToPath(
  new URL("../../../node_modules/.cache/alcove/sync-server-programs", import.meta.url),
);
const FROM_SOURCE = new URL("./from-source.ts", import.meta.url).href;

export interface Program {
  readonly pid: number;
  /** Where it listens; rejects when it ends before. */
  readonly address: Promise<string>;
  readonly end: Promise<ProgramEnd>;
  kill(signal: NodeJS.Signals): void;
  /** Writes a line to its input and waits until it answers with another. */
  say(line: string, answer: string): Promise<void>;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The server in a process of its own. `before` goes in front of the command, such as a tracer. */
export function startProgram(
  env: Readonly<Record<string, string>>,
  options: { readonly script?: string; readonly before?: readonly string[] } = {},
): Program {
  const script = options.script ?? fileURLToPath(new URL("../main.ts", import.meta.url));
  const [command, ...args] = [
    ...(options.before ?? []),
    process.execPath,
    "--import",
    FROM_SOURCE,
    script,
  ];
  const child = spawn(command, args, {
    env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: COMPILED, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const listening = Promise.withResolvers<string>();
  listening.promise.catch(() => undefined); // not everybody waits for it
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    const found = /listening on (\S+)/.exec(stdout)?.[1];
    if (found !== undefined) listening.resolve(found);
  });
  const end = new Promise<ProgramEnd>((resolve) => {
    child.once("close", (code, signal) => {
      listening.reject(new Error(`ended before it listened: ${stderr}`));
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    pid: child.pid ?? 0,
    address: listening.promise,
    end,
    kill: (signal) => void child.kill(signal),
    say(line, answer) {
      const from = stdout.length;
      child.stdin.write(`${line}\n`);
      return new Promise((resolve) => {
        const look = () => {
          if (!stdout.slice(from).includes(answer)) return;
          child.stdout.off("data", look);
          resolve();
        };
        child.stdout.on("data", look);
      });
    },
  };
}
