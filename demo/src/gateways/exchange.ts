import type { MemoryEvents, Trace } from "@alcove/sdk";

/** A request as somebody saw it. */
export interface SeenRequest {
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** One call of gateway code, seen from all sides. */
export interface Exchange {
  /** As the app's client made it. */
  readonly made: SeenRequest;
  /** As it reached the provider; `null`: it never did. */
  readonly received: SeenRequest | null;
  readonly answer: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
  };
  /** The answer's text, as the client gives it to the app. */
  readonly text: string;
  readonly trace: Trace | null;
}

export type Captured = MemoryEvents["captured"];

/** A header in what the app sent and in what the provider got; `null`: not there. */
export interface HeaderFate {
  readonly name: string;
  readonly made: string | null;
  readonly received: string | null;
}

/** The headers that the app's client set, and those that stand in the provider's request only because of Alcove. */
export function compareHeaders(
  made: SeenRequest["headers"],
  received: SeenRequest["headers"],
): readonly HeaderFate[] {
  const before = new Map(made);
  const after = new Map(received);
  // What browsers put on every request by themselves says nothing about anybody.
  const added = received.filter(([name]) => !before.has(name) && !BROWSERS_OWN.test(name));
  const names = [...before.keys(), ...added.map(([name]) => name)].toSorted();
  return names.map((name) => ({
    name,
    made: before.get(name) ?? null,
    received: after.get(name) ?? null,
  }));
}

const BROWSERS_OWN =
  /^(?:accept|accept-language|sec-.*|user-agent|referer|origin|content-length)$/u;

/** How many messages of the conversation were put in front of what the app sent. */
export function earlierMessages({ made, received }: Pick<Exchange, "made" | "received">): number {
  return received === null ? 0 : Math.max(0, messagesIn(received.body) - messagesIn(made.body));
}

function messagesIn(body: string): number {
  try {
    const { messages } = JSON.parse(body) as { readonly messages?: readonly unknown[] };
    return messages?.length ?? 0;
  } catch {
    return 0;
  }
}
