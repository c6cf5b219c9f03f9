import { toBase64url } from "@alcove/sdk/wire";
import { describe, expect, it } from "vitest";
import { readHoldings } from "./read-holdings.ts";
import { occurrences, toHex, type ServerHoldings } from "./server-holdings.ts";

const holding = (...rows: readonly string[]): ServerHoldings =>
  ({
    rows: rows.map((text) => ({ bytes: new TextEncoder().encode(text) })),
  }) as unknown as ServerHoldings;

describe("what the server holds", () => {
  it("is not shown where the answer is none of the protocol", () => {
    const status = {
      storeId: toBase64url(new Uint8Array(16)),
      head: 1,
      heads: [],
      generation: 0,
      logLen: 1,
      logHash: toBase64url(new Uint8Array(32)),
      minEpoch: 1,
      bytes: 10,
      maxBytes: 10,
      entries: 1,
      maxEntries: 10,
    };
    const page = (envelope: string): unknown => ({
      manifests: [],
      entries: [{ seq: 1, envelope }],
      next: { storeId: status.storeId, seq: 1 },
      head: 1,
      heads: [],
      more: false,
    });
    const read = (over: Partial<Parameters<typeof readHoldings>[0]>): unknown =>
      readHoldings({
        state: "told",
        at: 1,
        vaultId: toBase64url(new Uint8Array(32)),
        status,
        devices: { devices: [] },
        snapshot: { snapshot: null },
        log: { entries: [], boxes: [], more: false },
        pages: [],
        ...over,
      });
    expect(read({})).toMatchObject({ entries: 1, rows: [] });
    expect(() => read({ status: { ...status, entries: "many" } })).toThrow();
    expect(() => read({ devices: null })).toThrow();
    expect(() => read({ snapshot: { snapshot: { manifest: "AAAA", seq: 1 } } })).toThrow();
    expect(() => read({ pages: [page(toBase64url(new Uint8Array(400)))] })).toThrow();
  });

  it("is searched byte by byte, overlapping finds among them", () => {
    expect(occurrences(holding("the heron", "Heron heron"), "heron")).toBe(2);
    expect(occurrences(holding("anana"), "ana")).toBe(2);
    expect(occurrences(holding("reißen"), "ß")).toBe(1);
    expect(occurrences(holding("her"), "heron")).toBe(0);
    expect(occurrences(holding("abc"), "")).toBe(0);
  });

  it("writes bytes as two digits each", () => {
    expect(toHex(new Uint8Array([0, 10, 255]))).toBe("000aff");
  });
});
