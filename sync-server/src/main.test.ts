import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

/** The real program in its own process. */
function program(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env: { PATH: process.env["PATH"], ...env } });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const address = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const found = /listening on (\S+)/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const end = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, address, end };
}

describe("the sync server as a program", () => {
  test("lists every bad setting, without a stack, and does not start", async () => {
    const { end } = program({ ALCOVE_SYNC_PORT: "eighty", ALCOVE_HOST: "http://x" });
    const { code, stderr, stdout } = await end;
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(3);
    expect(stderr).toContain('ALCOVE_SYNC_PORT is "eighty"');
    expect(stderr).toContain('ALCOVE_HOST is "http://x"');
  });

  test("tells of a port in use in one line that names the setting", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await program({ ALCOVE_SYNC_PORT: String(port) }).end;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use: set ALCOVE_SYNC_PORT to a free one.\n`,
    );
  });

  test.each(["SIGTERM", "SIGINT"] as const)("stops on %s with exit code 0", async (signal) => {
    const { child, address, end } = program({ ALCOVE_SYNC_PORT: "0" });
    expect((await fetch(`${await address}/ready`)).status).toBe(200);
    child.kill(signal);
    expect(await end).toMatchObject({ code: 0, stderr: "" });
  });
});
