import type { ChatMessage } from "../domain/chat.ts";
import type { ImportOptions, ImportReport, IngestOptions, IngestReport } from "../domain/ingest.ts";
import type {
  ForgetReport,
  ForgetTarget,
  MemoryFilter,
  MemoryRecord,
  Page,
} from "../domain/memory-record.ts";
import type { Json } from "../domain/json.ts";
import type { Mode } from "../domain/mode.ts";
import type { Recall, RecalledMemory, RecallOptions, SkipReason } from "../domain/recall.ts";
import type { RecordTest } from "../domain/record-test.ts";
import type { ExactField, Scope } from "../domain/scope.ts";
import type { ThreadSummary } from "../domain/thread-summary.ts";
import type { VaultStats } from "../domain/stats.ts";
import type { Providers } from "./provider-route.ts";

/**
 * The way in which code speaks to one hosted memory gateway. A dialect reads and never sends: what it makes of a request is either
 * an answer that is given on the device, or a call of the provider, from which everything that was the gateway's has been taken off.
 * All requests to its hosts are the dialect's, whatever their path, so that none of them ever leaves for the gateway.
 */
export interface Dialect {
  /** As in `createMemory({ dialects })`. */
  readonly name: string;
  /** The gateway's hosts, as `URL.hostname` spells them. */
  readonly hosts: readonly string[];
  /** Synchronous, and changes nothing that it is given. */
  read(request: GatewayRequest): GatewayReading;
  /** The gateway's own way to say that something went wrong, in the family of API that the path belongs to. */
  refuse(url: URL, status: number, message: string): LocalAnswer;
}

export interface GatewayRequest {
  readonly method: string;
  readonly url: URL;
  /** The app's headers, less Alcove's own. */
  readonly headers: Headers;
  readonly body: GatewayBody;
  readonly providers: Providers;
}

/** `json` is `undefined` where the body is no JSON, `text` is `null` where it is no text (a form, a stream). */
export interface GatewayBody {
  readonly json: unknown;
  readonly text: string | null;
  readonly form?: FormData;
}

export type GatewayReading =
  | { readonly kind: "answer"; readonly answer: LocalAnswer; readonly notices?: readonly Notice[] }
  | { readonly kind: "local"; readonly work: LocalWork; readonly notices?: readonly Notice[] }
  | { readonly kind: "call"; readonly call: GatewayCall; readonly notices?: readonly Notice[] };

/** An answer that is made on the device. */
export interface LocalAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A management route. Rejections are told by the dialect's `refuse`. */
export type LocalWork = (tools: LocalTools) => Promise<LocalAnswer>;

export interface LocalTools {
  /** The memory of one scope, inside of the app's own. */
  readonly vault: (scope: Scope) => GatewayVault;
  readonly claims: GatewayClaims;
  /** Every conversation of the app's, as the dialect names its users. */
  readonly threads: () => Promise<readonly ThreadSummary[]>;
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
  readonly signal: AbortSignal | null;
}

/** What dialects ask of a memory; `ScopedMemory` is one. */
export interface GatewayVault {
  prepare(input: readonly ChatMessage[], options?: RecallOptions): Promise<Recall>;
  ingest(messages: readonly ChatMessage[], options?: IngestOptions): Promise<IngestReport>;
  import(source: string, options?: ImportOptions): Promise<ImportReport>;
  list(
    filter?: MemoryFilter,
    page?: Page,
  ): Promise<{ records: MemoryRecord[]; next: string | null }>;
  forget(target: ForgetTarget): Promise<ForgetReport>;
  stats(): Promise<VaultStats>;
}

/** Names that belong to whoever took them first. Only hashes of both are kept. */
export interface GatewayClaims {
  /** Takes `name` for `owner` where nobody has it; tells whether it is the owner's. */
  take(name: string, owner: string): Promise<boolean>;
  /** The same without taking it: `null` where nobody has it. */
  isOwner(name: string, owner: string): Promise<boolean | null>;
  release(name: string): Promise<void>;
}

/** Something in the request that has no meaning to the dialect. Never its value. */
export interface Notice {
  readonly field: string;
  readonly fix: string;
  /** It went on to the provider; absent: it was dropped or ignored. */
  readonly passedOn?: true;
}

/** A call of the provider. */
export interface GatewayCall {
  readonly url: URL;
  /** Nothing of the gateway's, and the provider's key. */
  readonly headers: Headers;
  /** `null`: the app's own body goes on as it is. */
  readonly body: { readonly json: unknown; readonly text: string } | null;
  /** The form to send, where the body is one. */
  readonly form?: FormData;
  /** Absent: a request that memory has no part in (embeddings, audio, token counts). */
  readonly memory?: CallMemory;
  /** What the gateway would add to the provider's answer. */
  dress?(facts: CallFacts): Dressing;
}

export interface CallMemory {
  readonly mode: Mode;
  readonly scope: Scope;
  /** Only records of this very container, not those that name none. */
  readonly exactContainer?: boolean;
  /** The same for other ids of the scope. */
  readonly exact?: readonly ExactField[];
  /** Only records that pass are recalled. */
  readonly where?: RecordTest;
  /** Kept with every turn that the call stores. */
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly budgetTokens?: number;
  readonly limit?: number;
  /** Nothing of the user's turns, or of the answer, is stored but its place in the conversation. */
  readonly keepInput?: boolean;
  readonly keepAnswer?: boolean;
  /** Places in the body's list of messages of which the same holds. */
  readonly unkeptMessages?: readonly number[];
  /** The client sends its new turns only: earlier ones of the thread go in front of them, up to this many tokens. */
  readonly historyTokens?: number;
  /** Turns that do not fit there any more are observed in the background, and what was observed stands for them. */
  readonly observes?: boolean;
  /** Whether the call may go on; asked before anything is recalled. A fault of memory lets it go on. */
  admit?(tools: Pick<LocalTools, "claims">): Promise<LocalAnswer | null>;
}

/** What memory did with a call. */
export interface CallFacts {
  readonly mode: Mode;
  readonly tokens: number;
  readonly memories: readonly RecalledMemory[];
  /** Whether the provider got another prompt than the app sent. */
  readonly modified: boolean;
  readonly threadId: string | null;
  readonly skipped?: SkipReason;
  /** The code of what went wrong with memory. */
  readonly problem?: string;
  readonly addedMs: number;
  readonly totalMs: number;
  /** Bodies before and after, where memory changed the request. */
  readonly request: { readonly before: string; readonly after: string } | null;
}

export interface Dressing {
  readonly headers: Readonly<Record<string, string>>;
  /** Fields for the top level of a whole JSON answer; streams stay as they are. */
  readonly fields?: Readonly<Record<string, unknown>>;
}
