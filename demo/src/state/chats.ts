import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Memory } from "@alcove/sdk";
import { memoryOfChat } from "../memory-client.ts";
import { askModel } from "../wires/ask-model.ts";
import type { ChatTurn } from "../wires/wire.ts";
import { explain } from "./explain.ts";
import type { AnswerMessage, ChatEntry, Conversation } from "./chat-types.ts";
import type { Notices } from "./notices.ts";
import type { ProviderKeys } from "./provider-keys.ts";
import { chooseProvider } from "./provider.ts";
import type { Settings } from "./settings.ts";
import { createSentenceSpeaker } from "./speak-sentences.ts";

const SYSTEM_TEXT = "You are a helpful assistant in a chat.";
const TITLE_LENGTH = 48;

/** The conversations of this page. They live as long as the page; what outlives it is what memory captured. */
export interface Chats {
  readonly all: ReadonlySignal<readonly Conversation[]>;
  readonly current: ReadonlySignal<Conversation>;
  readonly busy: ReadonlySignal<boolean>;
  open(id: string): void;
  start(options?: { readonly temporary?: boolean }): Conversation;
  send(text: string): Promise<void>;
  /** Asks the last question again after a failure. */
  retry(): Promise<void>;
  stop(): void;
  /** Takes forgotten records off the answers that show them, and reads edited ones anew. */
  refreshCaptured(ids: readonly string[]): Promise<void>;
  /** Reads all traces anew: what was forgotten is not in them any more. */
  refreshTraces(): void;
}

export interface ChatsDeps {
  readonly memory: Memory;
  readonly settings: Settings;
  readonly keys: ProviderKeys;
  readonly notices: Notices;
}

export function createChats({ memory, settings, keys, notices }: ChatsDeps): Chats {
  const first = newConversation(false);
  const all = signal<readonly Conversation[]>([first]);
  const currentId = signal(first.id);
  const current = computed(() => all.value.find((chat) => chat.id === currentId.value) ?? first);
  const running = signal<AbortController | null>(null);
  const byTrace = new Map<string, AnswerMessage>();

  const answers = (): AnswerMessage[] =>
    all.value.flatMap((chat) =>
      chat.entries.value.filter((entry): entry is AnswerMessage => entry.role === "assistant"),
    );
  const showTrace = (answer: AnswerMessage): void => {
    const id = answer.trace.value?.id;
    if (id !== undefined) answer.trace.value = memory.trace(id) ?? answer.trace.value;
  };
  const readCaptured = async (answer: AnswerMessage, ids: readonly string[]): Promise<void> => {
    const records = await Promise.all(ids.map((id) => memory.get(id)));
    answer.captured.value = records.filter((record) => record !== null);
  };

  memory.on("captured", ({ traceId, ids }) => {
    const answer = byTrace.get(traceId);
    if (answer === undefined) return;
    showTrace(answer);
    readCaptured(answer, ids).catch((error: unknown) =>
      notices.tell(explain(error).text, { tone: "problem" }),
    );
  });
  memory.on("pending", (pending) => {
    const answer = byTrace.get(pending.traceId);
    if (answer === undefined) return;
    answer.pending.value = pending;
    showTrace(answer);
    notices.announce("Asked: remember this exchange?");
  });

  const ask = async (chat: Conversation, answer: AnswerMessage): Promise<void> => {
    const abort = new AbortController();
    running.value = abort;
    const speaker = createSentenceSpeaker((sentences) => notices.announce(sentences));
    try {
      const provider = await chooseProvider(settings, keys);
      answer.provider.value = provider.label;
      const { response, pieces } = await askModel(
        provider,
        { system: SYSTEM_TEXT, turns: turnsOf(chat, answer) },
        { fetch: memoryOfChat(memory, settings, chat).fetch, signal: abort.signal },
      );
      const traceId = response.headers.get("x-alcove-trace");
      if (traceId !== null) {
        byTrace.set(traceId, answer);
        answer.trace.value = memory.trace(traceId);
      }
      answer.state.value = "streaming";
      for await (const piece of pieces) {
        answer.text.value += piece;
        speaker.push(answer.text.value);
      }
      answer.state.value = abort.signal.aborted ? "stopped" : "done";
      speaker.end(answer.text.value);
    } catch (error) {
      if (abort.signal.aborted) {
        answer.state.value = "stopped";
      } else {
        answer.state.value = "failed";
        answer.problem.value = explain(error).text;
        notices.announce(`The answer failed: ${answer.problem.value}`);
      }
    } finally {
      running.value = null;
      showTrace(answer);
    }
  };

  const show = (chat: Conversation): Conversation => {
    // An empty chat that is left is no chat: the list shows only what was said.
    all.value = [
      chat,
      ...all.value.filter((other) => other.id !== chat.id && other.entries.value.length > 0),
    ];
    currentId.value = chat.id;
    return chat;
  };

  return {
    all,
    current,
    busy: computed(() => running.value !== null),
    open(id) {
      if (!all.value.some((chat) => chat.id === id)) return;
      currentId.value = id;
      all.value = all.value.filter((chat) => chat.id === id || chat.entries.value.length > 0);
    },
    start({ temporary = false } = {}) {
      const open = current.value;
      if (open.entries.value.length === 0 && open.temporary === temporary) return open;
      return show(newConversation(temporary));
    },
    async send(text) {
      const said = text.trim();
      if (said === "" || running.value !== null) return;
      const chat = current.value;
      const answer = newAnswer();
      chat.entries.value = [
        ...chat.entries.value,
        { id: crypto.randomUUID(), role: "user", text: said },
        answer,
      ];
      if (chat.title.value === "")
        chat.title.value =
          said.length > TITLE_LENGTH ? `${said.slice(0, TITLE_LENGTH).trimEnd()}…` : said;
      await ask(chat, answer);
    },
    async retry() {
      const chat = current.value;
      const last = chat.entries.value.at(-1);
      if (last?.role !== "assistant" || running.value !== null) return;
      const answer = newAnswer();
      chat.entries.value = [...chat.entries.value.slice(0, -1), answer];
      await ask(chat, answer);
    },
    stop() {
      running.value?.abort();
    },
    refreshTraces() {
      for (const answer of answers()) showTrace(answer);
    },
    async refreshCaptured(ids) {
      const touched = answers().filter((answer) =>
        answer.captured.value.some((record) => ids.includes(record.id)),
      );
      await Promise.all(
        touched.map((answer) =>
          readCaptured(
            answer,
            answer.captured.value.map((record) => record.id),
          ),
        ),
      );
    },
  };
}

function turnsOf(chat: Conversation, answer: AnswerMessage): readonly ChatTurn[] {
  const turns: ChatTurn[] = [];
  for (const entry of chat.entries.value) {
    if (entry === answer) break;
    const text = wordsOf(entry);
    if (text !== "") turns.push({ role: entry.role, text });
  }
  return turns;
}

function wordsOf(entry: ChatEntry): string {
  return entry.role === "user" ? entry.text : entry.text.value;
}

function newConversation(temporary: boolean): Conversation {
  const id = crypto.randomUUID();
  return {
    id,
    threadId: `chat-${id}`,
    startedAt: Date.now(),
    temporary,
    entries: signal([]),
    title: signal(""),
  };
}

function newAnswer(): AnswerMessage {
  return {
    id: crypto.randomUUID(),
    role: "assistant",
    text: signal(""),
    state: signal("waiting"),
    problem: signal(null),
    provider: signal(""),
    trace: signal(null),
    captured: signal([]),
    pending: signal(null),
    decision: signal(null),
  };
}
