import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startProgram } from "./testing/program.ts";

const folder = mkdtempSync(join(tmpdir(), "alcove-main-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FILE = { ALCOVE_SYNC_FILE: join(folder, "sync.db") };

describe("the sync server as a program", () => {
  test("lists every bad setting, without a stack, and does not start", async () => {
    const env = {
      ALCOVE_SYNC_PORT: "eighty",
      ALCOVE_HOST: "http://x",
      DATABASE_URL: "mysql://user:secret@x/y",
    };
    const { code, stderr, stdout } = await startProgram(env).end;
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(4);
    expect(stderr).toContain('ALCOVE_SYNC_PORT is "eighty"');
    expect(stderr).toContain('ALCOVE_HOST is "http://x"');
    expect(stderr).toContain("DATABASE_URL: give a URL");
    expect(stderr).not.toContain("secret");
  });

  test("tells of a port in use in one line that names the setting", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await startProgram({ ALCOVE_SYNC_PORT: String(port), ...FILE }).end;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use: set ALCOVE_SYNC_PORT to a free one.\n`,
    );
  });

  test("tells of a place where nothing can be kept, and of a database that is away", async () => {
    const [file, database] = await Promise.all([
      startProgram({ ALCOVE_SYNC_FILE: join(folder, "nowhere", "sync.db") }).end,
      startProgram({ DATABASE_URL: "postgres://me:secret@127.0.0.1:1/x" }).end,
    ]);
    expect([file.code, database.code]).toEqual([1, 1]);
    expect(file.stderr).toContain("set ALCOVE_SYNC_FILE to a file that can be written");
    expect(database.stderr).toContain("DATABASE_URL cannot be used (ECONNREFUSED)");
    expect(database.stderr).not.toContain("secret");
  });

  test.each(["SIGTERM", "SIGINT"] as const)("stops on %s with exit code 0", async (signal) => {
    const program = startProgram({ ALCOVE_SYNC_PORT: "0", ...FILE });
    expect((await fetch(`${await program.address}/ready`)).status).toBe(200);
    program.kill(signal);
    const { code, stderr } = await program.end;
    expect(code).toBe(0);
    const events = stderr
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(["started", "stopped"]);
  });
});
