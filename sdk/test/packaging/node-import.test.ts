import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packSdk, type PackedSdk } from "./packed-sdk.ts";

let sdk: PackedSdk;

beforeAll(() => {
  sdk = packSdk();
});

afterAll(() => sdk?.remove());

/** Runs a program that has only the packed package; a program that does not end by itself fails. */
function node(
  name: string,
  code: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const file = join(sdk.root, `${name}.mjs`);
  writeFileSync(file, code);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], { cwd: sdk.root, timeout: 30_000 });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("close", (status) => resolve({ code: status, stdout, stderr }));
  });
}

const ENTRIES = [
  "@alcove/sdk",
  "@alcove/sdk/inline",
  "@alcove/sdk/intercept",
  "@alcove/sdk/mem0",
  "@alcove/sdk/testing",
];

describe("the packed package in Node", () => {
  test.each([...ENTRIES, "@alcove/sdk/worker"])(
    "%s changes no global when it is imported",
    async (entry) => {
      const { code, stdout, stderr } = await node(
        "inert",
        `Object.getOwnPropertyDescriptors(globalThis); // the first look loads what Node keeps for later
       const before = Object.getOwnPropertyDescriptors(globalThis);
       await import(${JSON.stringify(entry)});
       const after = Object.getOwnPropertyDescriptors(globalThis);
       const same = (a, b) => a && b && Object.is(a.value, b.value) && a.get === b.get && a.set === b.set;
       const changed = [...new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(after)])].filter((key) => !same(before[key], after[key]));
       console.log(JSON.stringify(changed.map(String)));`,
      );
      expect({ code, stderr, changed: JSON.parse(stdout || "null") }).toEqual({
        code: 0,
        stderr: "",
        changed: [],
      });
    },
  );

  test.each(ENTRIES)("%s does not even look for a browser when it is imported", async (entry) => {
    const { code, stdout, stderr } = await node(
      "blind",
      `const seen = [];
       for (const name of ["window", "document", "self", "indexedDB", "Worker", "navigator", "localStorage", "caches", "BroadcastChannel"]) {
         Object.defineProperty(globalThis, name, { configurable: true, get() { seen.push(name); return undefined; } });
       }
       await import(${JSON.stringify(entry)});
       console.log(JSON.stringify(seen));`,
    );
    expect({ code, stderr, seen: JSON.parse(stdout || "null") }).toEqual({
      code: 0,
      stderr: "",
      seen: [],
    });
  });

  test("forwards calls untouched", async () => {
    const bodies: string[] = [];
    const provider = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        bodies.push(body);
        response.end("answer");
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    const { port } = provider.address() as AddressInfo;
    const body = '{ "model":"m",  "messages":[{"role":"user","content":"Hi"}] }';
    const { code, stdout, stderr } = await node(
      "forward",
      `import { createMemory } from "@alcove/sdk";
       const { fetch } = createMemory();
       const response = await fetch("http://127.0.0.1:${port}/v1/chat/completions", { method: "POST", body: ${JSON.stringify(body)}, headers: { connection: "close" } });
       console.log(response.status, await response.text());`,
    );
    provider.close();
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "200 answer\n", stderr: "" });
    expect(bodies).toEqual([body]);
  });

  test("answers everything else with vault/unavailable", async () => {
    const { code, stdout, stderr } = await node(
      "unavailable",
      `import { createMemory, deleteVault, isMemoryError, listVaults } from "@alcove/sdk";
       const memory = createMemory();
       const calls = {
         ready: () => memory.ready(), prepare: () => memory.prepare("x"), ingest: () => memory.ingest([{ role: "user", content: "x" }]),
         add: () => memory.add({ text: "x" }), search: () => memory.search("x"), get: () => memory.get("x"), list: () => memory.list(),
         update: () => memory.update("x", { text: "y" }), history: () => memory.history("x"), forget: () => memory.forget({ ids: ["x"] }),
         export: () => memory.export(), import: () => memory.import(""), stats: () => memory.stats(), scoped: () => memory.with({ user: "u" }).stats(),
         listVaults, deleteVault: () => deleteVault("x"),
       };
       for (const [name, call] of Object.entries(calls)) {
         console.log(name, await call().then(() => "resolved", (error) => (isMemoryError(error) ? error.code : String(error))));
       }
       await memory.close();`,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const answers = stdout.trim().split("\n");
    expect(answers).toHaveLength(16);
    expect(answers.filter((line) => !line.endsWith(" vault/unavailable"))).toEqual([]);
  });
});
