import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { RecordedRequest, ScriptedAnswer } from "./scripted-provider-types.ts";
import { speak, type SpokenBody } from "./scripted-provider-wires.ts";

/**
 * A provider on the loopback that speaks every wire, as its path names it, and answers by script. One server serves many tests at once: each takes a
 * session, which is the first segment of the path (`/<session>/v1/chat/completions`).
 *
 * - `PUT /<session>/script` sets the answers; each call takes the next, the last one repeats.
 * - `GET /<session>/requests` lists what came in, preflights included.
 */
export interface ScriptedProvider {
  readonly origin: string;
  close(): Promise<void>;
}

interface Session {
  answers: readonly ScriptedAnswer[];
  next: number;
  readonly requests: Recording[];
}

type Recording = { -readonly [Field in keyof RecordedRequest]: RecordedRequest[Field] };

export async function startScriptedProvider(port = 0): Promise<ScriptedProvider> {
  const sessions = new Map<string, Session>();
  const sessionOf = (name: string): Session => {
    const known = sessions.get(name);
    if (known !== undefined) return known;
    const made: Session = { answers: [], next: 0, requests: [] };
    sessions.set(name, made);
    return made;
  };
  const server = createServer((request, response) => {
    handle(request, response, sessionOf).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  sessionOf: (name: string) => Session,
): Promise<void> {
  const [, name = "", rest = "/"] = /^\/([^/]*)(\/.*)?$/.exec(request.url ?? "/") ?? [];
  const session = sessionOf(name);
  const body = await readAll(request);
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");

  if (rest === "/script" || rest === "/requests")
    return control(request, response, session, rest, body);
  const recording: Recording = {
    method: request.method ?? "",
    url: rest,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([header, value]) => [header, String(value)]),
    ),
    bodyLatin1: body.toString("latin1"),
    aborted: false,
    answered: false,
  };
  session.requests.push(recording);
  response.on("close", () => {
    recording.answered = response.writableFinished;
    recording.aborted = !response.writableFinished;
  });
  if (request.method === "OPTIONS") return preflight(request, response);
  const answer = session.answers[Math.min(session.next++, session.answers.length - 1)] ?? {};
  return reply(response, withEcho(answer, body), rest, body, session.requests.length);
}

function control(
  request: IncomingMessage,
  response: ServerResponse,
  session: Session,
  rest: string,
  body: Buffer,
): void {
  if (request.method === "OPTIONS") return preflight(request, response);
  if (rest === "/script") {
    session.answers = JSON.parse(body.toString("utf8")) as readonly ScriptedAnswer[];
    session.next = 0;
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(rest === "/requests" ? session.requests : {}));
}

/** As strict as a real one: a control header that slipped through is answered by a failed preflight. */
function preflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = (request.headers["access-control-request-headers"] ?? "")
    .split(",")
    .filter((header) => !header.trim().startsWith("x-alcove-"));
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, DELETE");
  response.setHeader("access-control-allow-headers", asked.join(","));
  response.writeHead(204);
  response.end();
}

async function reply(
  response: ServerResponse,
  answer: ScriptedAnswer,
  url: string,
  body: Buffer,
  count: number,
): Promise<void> {
  if (answer.delayMs !== undefined) await delay(answer.delayMs);
  if (answer.drop === "headers") return void response.destroy();
  if (answer.hang === "headers") return;
  for (const [header, value] of Object.entries(answer.headers ?? {}))
    response.setHeader(header, value);
  response.setHeader("x-request-id", `req-${count}`);
  if (answer.redirectTo !== undefined) {
    response.writeHead(answer.status ?? 307, { location: answer.redirectTo });
    return void response.end();
  }
  const status = answer.status ?? 200;
  const { contentType, writes } = bodyOf(answer, url, body, `chatcmpl-${count}`, status);
  response.writeHead(status, { "content-type": contentType });
  await write(response, answer, writes);
}

function bodyOf(
  answer: ScriptedAnswer,
  url: string,
  body: Buffer,
  id: string,
  status: number,
): SpokenBody {
  const json = "application/json";
  if (answer.raw !== undefined)
    return { contentType: answer.raw.contentType, writes: [answer.raw.body] };
  if (status >= 400)
    return {
      contentType: json,
      writes: [
        JSON.stringify(answer.error ?? { error: { message: "scripted", type: "scripted" } }),
      ],
    };
  return (
    speak(answer, { url, stream: streamWish(body), id }) ?? {
      contentType: json,
      writes: [JSON.stringify({ object: "list", data: [], url })],
    }
  );
}

async function write(
  response: ServerResponse,
  answer: ScriptedAnswer,
  writes: readonly string[],
): Promise<void> {
  const pieces =
    answer.chunkBytes === undefined
      ? writes.map((text) => Buffer.from(text))
      : cut(Buffer.from(writes.join("")), answer.chunkBytes);
  const half = Math.ceil(pieces.length / 2);
  for (const [at, piece] of pieces.entries()) {
    if (response.destroyed) return;
    if (at === half && answer.hang === "body") return;
    if (at === half && answer.drop === "body") return void response.destroy();
    response.write(piece);
    // A turn of the loop between writes: else Node joins them into one packet.
    if (answer.chunkDelayMs !== undefined) await delay(answer.chunkDelayMs);
    else if (answer.chunkBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  if (pieces.length < 2 && answer.hang === "body") return;
  response.end();
}

function cut(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

const ECHOES: Readonly<Record<NonNullable<ScriptedAnswer["echo"]>, (text: string) => string>> = {
  plain: (text) => text,
  json: (text) => JSON.stringify(text),
  html: (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  quote: (text) => text.replaceAll(/^/gm, "> "),
  spaced: (text) => text.replaceAll("alcove", "al\u200bcove").replaceAll("<", "< "),
};

function withEcho(answer: ScriptedAnswer, body: Buffer): ScriptedAnswer {
  if (answer.echo === undefined) return answer;
  const { messages } = JSON.parse(body.toString("utf8")) as {
    readonly messages: readonly { readonly content: unknown }[];
  };
  const texts = messages.map(({ content }) =>
    typeof content === "string" ? content : JSON.stringify(content),
  );
  return { ...answer, text: ECHOES[answer.echo](texts.join("\n\n")) };
}

function streamWish(body: Buffer): boolean | undefined {
  try {
    const { stream } = JSON.parse(body.toString("utf8")) as { readonly stream?: unknown };
    return typeof stream === "boolean" ? stream : undefined;
  } catch {
    return undefined;
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
