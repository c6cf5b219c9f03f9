import { afterEach, beforeEach, expect, inject } from "vitest";
import { createMemory, type Memory } from "../memory.ts";
import type { MemoryOptions } from "../options.ts";
import {
  openSession,
  type ScriptedSession,
  type SeenRequest,
} from "../testing/scripted-session.ts";
import { GATEWAY_HOSTS } from "./gateway-hosts.ts";
import type { Providers } from "./provider-route.ts";

/** A request that left the page, whatever made it. */
export interface LeftRequest {
  readonly url: string;
  readonly headers: string;
  readonly body: string;
}

/** A real memory in front of a scripted provider, and everything that left the page meanwhile. */
export interface GatewayStage {
  readonly memory: Memory;
  /** The vault's name. */
  readonly vault: string;
  readonly provider: ScriptedSession;
  /** Requests that the provider got. */
  requests(): Promise<readonly SeenRequest[]>;
  /** Resolves when the next call is stored. */
  captured(): Promise<void>;
}

export const PROVIDER_KEY = "sk-provider-test-key";

const open: Memory[] = [];
const left: LeftRequest[] = [];
let restore: (() => void) | null = null;

/** All providers that tests name, at one scripted session. */
export function providersAt(provider: ScriptedSession): Providers {
  return {
    openai: { apiKey: PROVIDER_KEY, baseURL: provider.baseURL },
    anthropic: { apiKey: PROVIDER_KEY, baseURL: provider.root },
    google: { apiKey: PROVIDER_KEY, baseURL: provider.root },
    minimax: { apiKey: PROVIDER_KEY, baseURL: provider.baseURL },
  };
}

export async function stage(options: MemoryOptions = {}): Promise<GatewayStage> {
  const provider = openSession(inject("scriptedProvider"));
  const vault = `t-${crypto.randomUUID()}`;
  const memory = createMemory({
    vault,
    providers: providersAt(provider),
    ...options,
    recall: { deadlineMs: 3_000, coldDeadlineMs: 3_000, ...options.recall },
  });
  open.push(memory);
  return {
    memory,
    vault,
    provider,
    requests: () => provider.requests(),
    captured: () =>
      new Promise((resolve) => {
        const stop = memory.on("captured", () => {
          stop();
          resolve();
        });
      }),
  };
}

/**
 * Records what leaves the page in each test of the file, and at its end looks that none of it went to a gateway, and that neither a
 * gateway's key nor one of its headers went anywhere.
 */
export function watchWhatLeaves(secrets: readonly string[]): () => readonly LeftRequest[] {
  beforeEach(() => {
    left.length = 0;
    const original = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      const text = await request.clone().text();
      // The test's own talk with the scripted provider.
      if (/\/(?:script|requests)$/.test(request.url)) return original(input, init);
      left.push({
        url: request.url,
        headers: JSON.stringify([...request.headers]),
        body: text,
      });
      return original(input, init);
    };
    restore = () => {
      globalThis.fetch = original;
    };
  });
  afterEach(async () => {
    restore?.();
    for (const memory of open.splice(0)) await memory.destroy().catch(() => memory.close());
    const hosts = Object.values(GATEWAY_HOSTS).flat();
    for (const { url, headers, body } of left) {
      const all = `${url}\n${headers}\n${body}`;
      for (const host of hosts) expect(all, "a gateway's host").not.toContain(host);
      for (const secret of secrets) expect(all, "what is the gateway's own").not.toContain(secret);
      expect(headers).not.toMatch(
        /"x-(?:memory|sm|supermemory|thread|resource|gateway|session|alcove)-/,
      );
    }
  });
  return () => left;
}

/** The text of all that the model reads in a request. */
export function promptOf(request: SeenRequest | undefined): string {
  if (request === undefined) throw new Error("there was no such request");
  return request.body;
}

export interface SentMessage {
  readonly role: string;
  readonly content: unknown;
}

export function messagesOf(request: SeenRequest | undefined): readonly SentMessage[] {
  const { messages, input } = (request?.json ?? {}) as {
    readonly messages?: readonly SentMessage[];
    readonly input?: readonly SentMessage[];
  };
  return messages ?? input ?? [];
}
