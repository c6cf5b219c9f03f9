import { afterEach, describe, expect, inject, it } from "vitest";
import { createFetchHarness, type FetchHarness } from "../testing/fetch-harness.ts";
import {
  openSession,
  type ScriptedSession,
  type SeenRequest,
} from "../testing/scripted-session.ts";
import {
  type Said,
  WIRE_CLIENTS,
  type WireCall,
  type WireClient,
} from "../testing/wire-clients.ts";

const session = (): ScriptedSession => openSession(inject("scriptedProvider"));
const bare = globalThis.fetch.bind(globalThis);

const harnesses: FetchHarness[] = [];
function harness(): FetchHarness {
  const made = createFetchHarness({
    profile: "[profile: is vegetarian]",
    recall: (request) => `[recalled ${request.fenceId}: likes Oslo]`,
  });
  harnesses.push(made);
  return made;
}
afterEach(async () => {
  for (const made of harnesses.splice(0)) await made.path.close();
});

async function collect(
  client: WireClient,
  call: WireCall,
): Promise<{ readonly events: readonly unknown[]; readonly text: string }> {
  const events: unknown[] = [];
  let text = "";
  for await (const part of client.stream(call)) {
    events.push(part.event);
    text += part.text;
  }
  return { events, text };
}

const user = (text: string): Said => ({ role: "user", text });
const assistant = (text: string): Said => ({ role: "assistant", text });
const bodyOf = (request: SeenRequest | undefined): string => request?.body ?? "";

function commonPrefix(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

for (const client of WIRE_CLIENTS) {
  describe(`${client.name} through memory.fetch`, () => {
    it("conformance: gets its answer, with memory in the prompt, and the exchange is stored", async () => {
      const provider = session();
      await provider.script({ text: "Try the fjord." });
      const memory = harness();
      const answer = await client.ask({
        provider,
        fetch: memory.fetch,
        system: "You plan trips.",
        said: [user("Where to go?")],
      });
      expect(answer).toBe("Try the fjord.");
      const [request] = await provider.requests();
      expect(bodyOf(request)).toMatch(/You plan trips\.[^[]*\[profile: is vegetarian\]/);
      expect(bodyOf(request)).toMatch(/\[recalled \w{8}: likes Oslo\][^[]*Where to go\?/);
      expect(Object.keys(request?.headers ?? {}).join()).not.toContain("alcove");

      await memory.next("captured");
      expect(memory.host.threads).toEqual([[user("Where to go?"), assistant("Try the fjord.")]]);
      expect(memory.told("recalled")[0]?.trace.wire).toBe(client.wire);
      expect(memory.told("error")).toEqual([]);
    });

    it("streams what it streams without memory, and stores it", async () => {
      const provider = session();
      await provider.script({ text: "Grüße aus Tromsø 🦦, bis bald." });
      const memory = harness();
      const said = [user("Say hello")];
      const remembering = await collect(client, { provider, fetch: memory.fetch, said });
      const without = await collect(client, { provider, fetch: bare, said });
      expect(remembering.text).toBe("Grüße aus Tromsø 🦦, bis bald.");
      expect(shapeOf(remembering.events)).toEqual(shapeOf(without.events));
      await memory.next("captured");
      expect(memory.host.outcomes).toMatchObject([
        { kind: "answer", text: "Grüße aus Tromsø 🦦, bis bald.", complete: true },
      ]);
    });

    it("conformance: keeps the text whole at every chunk size, with either line end", async () => {
      for (const [chunkBytes, newline] of [
        [1, "\r\n"],
        [3, "\n"],
        [64, "\r\n"],
      ] as const) {
        const provider = session();
        await provider.script({ text: "åß🦦 ok", chunkBytes, newline });
        const memory = harness();
        const { text } = await collect(client, {
          provider,
          fetch: memory.fetch,
          said: [user("x")],
        });
        expect(text).toBe("åß🦦 ok");
        await memory.next("captured");
        expect(memory.host.outcomes, `${chunkBytes} bytes`).toMatchObject([
          { kind: "answer", text: "åß🦦 ok", complete: true },
        ]);
      }
    });

    it("conformance: keeps the provider's cache: a call begins with all of the call before, up to its last user turn", async () => {
      const provider = session();
      await provider.script({ text: "First answer." }, { text: "Second." }, { text: "Third." });
      const memory = harness();
      const said: Said[] = [user("My first question")];
      const system = "You plan trips.";
      const ask = async (): Promise<void> => {
        const text = await client.ask({ provider, fetch: memory.fetch, system, said });
        await memory.next("captured");
        said.push(assistant(text));
      };
      await ask();
      said.push(user("My second question"));
      await ask();
      said.push(user("My third question"));
      await ask();
      const bodies = (await provider.requests()).map(promptOf);
      for (const [at, question] of ["first", "second"].entries()) {
        const [before = "", after = ""] = bodies.slice(at, at + 2);
        const end = at === 0 ? before.indexOf("[recalled") : before.indexOf("First answer.") + 13;
        expect(commonPrefix(before, after), `after the ${question} call`).toBeGreaterThanOrEqual(
          end,
        );
      }
    });

    it("passes an error on as it is, and stores the turn as unanswered", async () => {
      const provider = session();
      await provider.script({ status: 400, error: { error: { message: "no such model" } } });
      const memory = harness();
      const faultOf = async (fetch: typeof globalThis.fetch): Promise<string> => {
        try {
          return `answered: ${await client.ask({ provider, fetch, said: [user("Hello")] })}`;
        } catch (error) {
          return String(error);
        }
      };
      const fault = await faultOf(memory.fetch);
      expect(fault).not.toContain("answered");
      expect(fault).toBe(await faultOf(bare));
      await memory.next("captured");
      expect(memory.host.outcomes).toEqual([{ kind: "failed" }]);
    });

    it("conformance: stops the provider when the app stops, and stores what came as incomplete", async () => {
      const provider = session();
      await provider.script({ text: "one two three four five six seven", hang: "body" });
      const memory = harness();
      const stop = new AbortController();
      let got = "";
      const run = async (): Promise<void> => {
        const call = { provider, fetch: memory.fetch, said: [user("Count")], signal: stop.signal };
        for await (const { text } of client.stream(call)) {
          got += text;
          if (got.length >= 8) stop.abort();
        }
      };
      await run().catch(() => undefined);
      await provider.until((requests) => requests[0]?.aborted === true);
      await memory.next("captured");
      expect(memory.host.outcomes).toMatchObject([{ kind: "answer", complete: false }]);
      const [outcome] = memory.host.outcomes;
      expect("one two three four five six seven").toContain(
        outcome?.kind === "answer" ? outcome.text : "-",
      );
    });

    if (client.retries)
      it("conformance: sends the same bytes again when the client retries, and stores the turn once", async () => {
        const provider = session();
        await provider.script(
          { status: 503, headers: { "retry-after-ms": "5", "retry-after": "0.01" } },
          { text: "At last." },
        );
        const memory = harness();
        const call = { provider, fetch: memory.fetch, said: [user("Hello")], maxRetries: 2 };
        expect(await client.ask(call)).toBe("At last.");
        const [first, second] = await provider.requests();
        expect(bodyOf(second)).toBe(bodyOf(first));
        expect(bodyOf(first)).toContain("[recalled");
        await memory.next("captured");
        expect(memory.told("recalled")).toHaveLength(1);
      });

    it("goes without memory when memory fails", async () => {
      const provider = session();
      await provider.script({ text: "Fine." });
      const memory = createFetchHarness({
        recall: () => {
          throw new Error("the vault broke");
        },
      });
      harnesses.push(memory);
      const said = [user("Hello")];
      expect(await client.ask({ provider, fetch: memory.fetch, said })).toBe("Fine.");
      expect(await client.ask({ provider, fetch: bare, said })).toBe("Fine.");
      const [remembering, without] = await provider.requests();
      expect(bodyOf(remembering)).toBe(bodyOf(without));
    });
  });
}

/** The order that the model reads: system text first, then the conversation, whatever the order of a body's fields. */
function promptOf(request: SeenRequest): string {
  const body = request.json as Readonly<Record<string, unknown>>;
  const system =
    body["instructions"] ??
    body["system"] ??
    body["systemInstruction"] ??
    body["system_instruction"];
  const turns = body["input"] ?? body["messages"] ?? body["contents"];
  return JSON.stringify([system ?? "", turns]);
}

/** Ids and dates change with each request; everything else has to be the same. */
function shapeOf(events: readonly unknown[]): unknown {
  return JSON.parse(
    JSON.stringify(events, (key, value: unknown) => {
      if (key.startsWith("x-alcove-")) return undefined;
      return /^(?:id|.+_id|date|.*[iI]d|x-request-id)$/.test(key) ? "" : value;
    }),
  );
}
