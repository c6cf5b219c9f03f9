import { describe, expect, test } from "vitest";
import type { Embedder } from "./embedder.ts";

/** What every `Embedder` must hold. */
export function embedderContract(name: string, create: () => Embedder): void {
  describe(`${name} is an embedder`, () => {
    const texts = [
      "I love hiking in the mountains",
      "",
      "山に登るのが好きです",
      "😀",
      "x".repeat(20_000),
      "I love hiking in the mountains",
    ];

    test("gives one unit vector a text, in order", async () => {
      const embedder = create();
      const vectors = await embedder.embed(texts, "document");
      expect(vectors).toHaveLength(texts.length);
      for (const vector of vectors) {
        expect(vector).toHaveLength(embedder.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
      }
    });

    test("gives the same vector for the same text, alone or among others", async () => {
      const embedder = create();
      const together = await embedder.embed(texts, "document");
      const [alone] = await embedder.embed([texts[0] ?? ""], "document");
      expect(cosine(together[0], together[5])).toBeCloseTo(1, 5);
      expect(cosine(together[0], alone)).toBeCloseTo(1, 4);
    });

    test("puts a related text nearer than an unrelated one", async () => {
      const embedder = create();
      const [query] = await embedder.embed(["hiking in the mountains"], "query");
      const [near, far] = await embedder.embed(
        ["We went hiking on a mountain trail", "The printer is out of paper"],
        "document",
      );
      expect(cosine(query, near)).toBeGreaterThan(cosine(query, far));
    });

    test("answers an empty list with an empty list, and names its space", async () => {
      const embedder = create();
      expect(await embedder.embed([], "query")).toEqual([]);
      expect(embedder.space).not.toBe("");
      expect(create().space).toBe(embedder.space);
    });

    test("rejects with the reason of an aborted signal", async () => {
      const reason = new Error("enough");
      await expect(create().embed(["a"], "query", AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}

function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array()).reduce((sum, value, at) => sum + value * (b?.[at] ?? 0), 0);
}
