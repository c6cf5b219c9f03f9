import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProviderAdapter, ProviderCall } from "./provider-adapter.ts";

/** What an adapter brings to the suite: samples of its own wire. */
export interface AdapterSamples {
  readonly url: string;
  readonly foreignUrls: readonly string[];
  /** Bodies that the wire accepts, each ending in a user's turn. */
  readonly bodies: Readonly<Record<string, unknown>>;
  /** A body whose last item is a tool result. */
  readonly toolContinuation: unknown;
  /** The same answer whole and as the events of a stream, with its text. */
  readonly answers: readonly {
    readonly whole: unknown;
    readonly events: readonly string[];
    readonly text: string;
    readonly hasToolCalls: boolean;
    /** On wires where a later call may follow the answer by its id. */
    readonly id?: string;
  }[];
}

const BLOCKS = { profile: "⟦profile⟧", recall: "⟦recall⟧" };

/** The promises that every wire keeps. */
export function describeProviderAdapter(adapter: ProviderAdapter, samples: AdapterSamples): void {
  const url = new URL(samples.url);
  const read = (body: unknown): ProviderCall => {
    const call = adapter.read(deepFreeze(structuredClone(body)), url);
    if (call === null) throw new Error("the sample is not read");
    return call;
  };

  describe(`provider adapter ${adapter.wire}`, () => {
    it("knows its own paths only", () => {
      expect(adapter.matches(url)).toBe(true);
      for (const foreign of samples.foreignUrls)
        expect(adapter.matches(new URL(foreign)), foreign).toBe(false);
    });

    it("reads nothing into a body of another kind", () => {
      for (const body of [
        null,
        1,
        "text",
        [],
        {},
        { messages: "x" },
        { input: [1] },
        { prompt: "hi" },
      ])
        expect(adapter.read(body, url)).toBeNull();
    });

    for (const [name, body] of Object.entries(samples.bodies)) {
      it(`${name}: leaves a body alone that gets no memory`, () => {
        const call = read(body);
        expect(JSON.stringify(call.augment({ profile: "", recall: "", placement: "split" }))).toBe(
          JSON.stringify(body),
        );
      });

      it(`${name}: puts each block in once and takes away nothing`, () => {
        for (const placement of ["split", "user-only"] as const) {
          const text = JSON.stringify(read(body).augment({ ...BLOCKS, placement }));
          for (const block of Object.values(BLOCKS))
            expect(text.split(block).length - 1, placement).toBe(1);
          for (const value of leavesOf(body)) expect(text, placement).toContain(value);
        }
      });

      it(`${name}: keeps memory out of the system text when asked to`, () => {
        const augmented = adapter.read(
          read(body).augment({ ...BLOCKS, placement: "user-only" }),
          url,
        );
        expect(augmented?.system).toBe(read(body).system);
        expect(augmented?.turns.length).toBe(read(body).turns.length);
        expect(augmented?.turns.at(-1)?.text).toContain(BLOCKS.profile);
      });

      it(`${name}: places the blocks by the body alone, so that the same blocks give the same bytes`, () => {
        const once = JSON.stringify(read(body).augment({ ...BLOCKS, placement: "split" }));
        expect(JSON.stringify(read(body).augment({ ...BLOCKS, placement: "split" }))).toBe(once);
      });
    }

    it("sees that a call continues a tool loop", () => {
      expect(read(samples.toolContinuation).last).toBe("tool");
    });

    it("reads the same answer whole and streamed", () => {
      for (const { whole, events, text, hasToolCalls, id } of samples.answers) {
        const call = read(Object.values(samples.bodies)[0]);
        const fromWhole = call.createAnswerReader();
        fromWhole.readWhole(whole);
        const fromEvents = call.createAnswerReader();
        for (const event of events) fromEvents.readEvent(event);
        const answer = { text, complete: true, hasToolCalls, ...(id === undefined ? {} : { id }) };
        expect(fromWhole.answer()).toEqual(answer);
        expect(fromEvents.answer()).toEqual(answer);
      }
    });

    it("calls a stream incomplete that stops early, and keeps what was said", () => {
      for (const { events, text } of samples.answers) {
        const reader = read(Object.values(samples.bodies)[0]).createAnswerReader();
        for (const event of events.slice(0, 2)) reader.readEvent(event);
        expect(reader.answer().complete).toBe(false);
        expect(text.startsWith(reader.answer().text)).toBe(true);
      }
    });

    it("never throws over what it cannot read", () => {
      fc.assert(
        fc.property(fc.anything(), fc.string(), (body, event) => {
          const reader = read(Object.values(samples.bodies)[0]).createAnswerReader();
          reader.readWhole(body);
          reader.readEvent(event);
          reader.readEvent(JSON.stringify(body) ?? "");
          expect(typeof reader.answer().text).toBe("string");
          adapter.read(body, url);
        }),
        { numRuns: 200 },
      );
    });
  });
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [JSON.stringify(value).slice(1, -1)];
  if (typeof value !== "object" || value === null) return [JSON.stringify(value)];
  const keys = Array.isArray(value) ? [] : Object.keys(value).map((key) => JSON.stringify(key));
  return [...keys, ...Object.values(value).flatMap(leavesOf)];
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null)
    for (const child of Object.values(Object.freeze(value))) deepFreeze(child);
  return value;
}
