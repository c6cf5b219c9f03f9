import { describe, expect, it } from "vitest";
import { createTraceBook } from "./trace-book.ts";
import type { Trace } from "../domain/trace.ts";

const trace = (id: string, changes: Partial<Trace> = {}): Trace => ({
  id,
  at: 0,
  wire: "openai-chat",
  url: "https://api.example.com/v1/chat/completions",
  scope: {},
  threadId: null,
  request: { before: "before", after: "after" },
  injected: { profile: "P", recall: "R", tokens: 2 },
  memories: [],
  left: [],
  captured: { state: "none", ids: [], turns: [] },
  addedMs: 1,
  steps: {},
  ...changes,
});

describe("createTraceBook", () => {
  it("keeps the last 200 traces", () => {
    const book = createTraceBook();
    for (let at = 0; at < 250; at++) book.put(trace(`t${at}`));
    expect(book.trace("t49")).toBeNull();
    expect(book.trace("t50")?.id).toBe("t50");
    book.update("t49", (old) => ({ ...old, wire: "x" }));
    expect(book.trace("t49")).toBeNull();
  });

  it("gives up the bodies of older traces when all together are large, and keeps the rest of them", () => {
    const book = createTraceBook();
    const large = { before: "x".repeat(2 * 1024 * 1024), after: "y".repeat(1024 * 1024) };
    for (const id of ["a", "b", "c"]) book.put(trace(id, { request: large }));
    expect(book.trace("a")).toMatchObject({ request: null, injected: { recall: "R" } });
    expect(book.trace("b")?.request).not.toBeNull();
    expect(book.trace("c")?.request).not.toBeNull();
  });

  it("finds a trace by a response, by its clone's header, and nothing by a stranger", () => {
    const book = createTraceBook();
    const made = new Response("x", { headers: { "x-alcove-trace": "t" } });
    const opaque = Response.error();
    book.put(trace("t"));
    book.put(trace("o"));
    book.bind(opaque, "o");
    expect(book.trace(made)?.id).toBe("t");
    expect(book.trace(made.clone())?.id).toBe("t");
    expect(book.trace(opaque)?.id).toBe("o");
    expect(book.trace(new Response("x"))).toBeNull();
    expect(book.trace("")).toBeNull();
  });

  it("empties what shows a forgotten record, and the bodies of its conversation", () => {
    const book = createTraceBook();
    book.put(
      trace("said", {
        threadId: "t1",
        captured: {
          state: "stored",
          ids: ["gone", "kept"],
          turns: [{ role: "user", text: "secret" }],
        },
      }),
    );
    book.put(trace("later", { threadId: "t1" }));
    book.put(trace("frozen", { threadId: "t3" }));
    book.put(trace("other", { threadId: "t2", injected: { profile: "", recall: "R", tokens: 1 } }));
    book.forget(["gone"]);
    expect(book.trace("said")).toMatchObject({
      request: null,
      injected: { profile: "", recall: "", tokens: 2 },
      captured: { ids: ["kept"], turns: [] },
    });
    expect(book.trace("later")).toMatchObject({ request: null, injected: { recall: "R" } });
    // A profile that was sent again names no records: it may hold what was forgotten.
    expect(book.trace("frozen")).toMatchObject({ request: null, injected: { profile: "" } });
    expect(book.trace("other")?.request).not.toBeNull();
  });
});
