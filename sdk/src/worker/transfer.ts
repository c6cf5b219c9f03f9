import type { ImportProgress, ImportReport } from "../domain/ingest.ts";
import { isReadable, mergeScopes, type Scope } from "../domain/scope.ts";
import type { ThreadFinder } from "../capture/threads.ts";
import type { StoreTurn, TurnStore } from "../capture/turn-store.ts";
import { hashText } from "../text/hash.ts";
import type { Vault } from "../vault/vault.ts";
import type { HostImport, ScopeView } from "./host-api.ts";
import { parseLine, recordLine, versionLine, type ImportLine } from "./transfer-lines.ts";

/** A vault as a file, and a file into a vault. */
export interface Transfer {
  export(
    view: ScopeView,
    versions: boolean,
    checkpoint: () => void,
    onProgress: (done: number) => void,
  ): Promise<Blob>;
  import(
    request: HostImport,
    checkpoint: () => void,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportReport>;
}

export interface TransferDeps {
  readonly vault: Vault;
  readonly threads: ThreadFinder;
  readonly turns: TurnStore;
  readonly now: () => number;
  readonly randomId: () => string;
  readonly onStored: (ids: readonly string[]) => void;
}

const SCAN = 1_000;
/** Lines that are stored in one transaction, and between two reports of progress. */
const BATCH = 500;
const MAX_PROBLEMS = 100;

export function createTransfer(deps: TransferDeps): Transfer {
  const { vault } = deps;
  return { export: exportVault, import: importFile };

  async function exportVault(
    view: ScopeView,
    versions: boolean,
    checkpoint: () => void,
    onProgress: (done: number) => void,
  ): Promise<Blob> {
    const parts: string[] = [`${JSON.stringify({ alcove: 1, exportedAt: deps.now() })}\n`];
    let from = 0;
    let done = 0;
    for (;;) {
      checkpoint();
      const rows = await vault.scan(from, SCAN);
      if (rows.length === 0) break;
      const lines: string[] = [];
      for (const row of rows) {
        if (!row.live || (view !== null && !isInView(row.scope, view))) continue;
        lines.push(recordLine(row));
        if (versions)
          for (const version of await vault.versions(row.id))
            lines.push(versionLine(version.row, version.until));
      }
      if (lines.length > 0) parts.push(`${lines.join("\n")}\n`);
      from = rows.at(-1)!.seq + 1;
      done += rows.length;
      onProgress(done);
    }
    return new Blob(parts, { type: "application/x-ndjson" });
  }

  async function importFile(
    request: HostImport,
    checkpoint: () => void,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportReport> {
    const tally = { lines: 0, imported: 0, known: 0, invalid: 0, secrets: 0, bytes: 0 };
    const problems: { line: number; problem: string }[] = [];
    const formats = new Set<"alcove" | "memoryrouter">();
    /** MemoryRouter lines carry no conversation: those of one file stand in one thread, named by its first line, so the same file twice is known. */
    let fileThread: string | null = null;
    let batch: ImportLine[] = [];
    for await (const { text, bytes } of linesOf(request.source)) {
      tally.bytes = bytes;
      if (text.trim() === "") continue;
      tally.lines += 1;
      const parsed = parseLine(text, request.now);
      if (parsed.type === "problem") {
        tally.invalid += 1;
        if (problems.length < MAX_PROBLEMS)
          problems.push({ line: tally.lines, problem: parsed.problem });
      } else if (parsed.type === "record") {
        formats.add(parsed.format);
        batch.push(
          parsed.format === "memoryrouter"
            ? { ...parsed.line, thread: (fileThread ??= `import-${hashText(text)}`) }
            : parsed.line,
        );
      }
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    const [first, second] = formats;
    return {
      format: second ? "mixed" : (first ?? "empty"),
      lines: tally.lines,
      imported: tally.imported,
      known: tally.known,
      problems,
      invalid: tally.invalid,
      secrets: tally.secrets,
      dryRun: request.dryRun,
    };

    async function flush(): Promise<void> {
      checkpoint();
      const lines = batch;
      batch = [];
      const fresh = await unknown(lines);
      tally.known += lines.length - fresh.length;
      if (request.dryRun) tally.imported += fresh.length;
      else {
        const stored = await store(fresh, request);
        tally.imported += stored.ids.length;
        tally.secrets += stored.secrets;
        tally.known += fresh.length - stored.ids.length;
        if (stored.ids.length > 0) deps.onStored(stored.ids);
      }
      onProgress({
        bytes: tally.bytes,
        totalBytes: request.source.size,
        lines: tally.lines,
        imported: tally.imported,
      });
    }
  }

  async function unknown(lines: readonly ImportLine[]): Promise<readonly ImportLine[]> {
    const ids = lines.flatMap((line) => (line.id === undefined ? [] : [line.id]));
    const there = new Set((await vault.get(ids)).flatMap((row) => (row ? [row.id] : [])));
    return lines.filter((line) => line.id === undefined || !there.has(line.id));
  }

  async function store(
    lines: readonly ImportLine[],
    request: HostImport,
  ): Promise<{ ids: readonly string[]; secrets: number }> {
    const ids: string[] = [];
    let secrets = 0;
    for (const group of groupsOf(lines, request)) {
      if (group.thread === null) {
        const rows = await deps.turns.storeNotes(
          group.lines.map((line) => ({
            id: line.id ?? deps.randomId(),
            text: line.text,
            kind: line.kind === "derived" ? "derived" : "note",
            tags: line.tags,
            metadata: line.metadata,
            origin: request.trusted ? line.origin : "import",
            pinned: request.trusted && line.pinned,
            createdAt: line.createdAt ?? request.now,
            sources: line.sources,
            ...(line.expiresAt === undefined ? {} : { expiresAt: line.expiresAt }),
            ...(line.name === undefined ? {} : { name: line.name }),
          })),
          group.scope,
          request.now,
          "pass-over",
        );
        ids.push(...rows.map((row) => row.id));
        continue;
      }
      const scope = { ...group.scope, thread: group.thread };
      const turns = group.lines.map((line) => turnOf(line, request));
      const place = await deps.threads.find(turns, scope);
      const stored = await deps.turns.storeTurns({
        place,
        turns: turns.slice(place.known),
        scope,
        now: request.now,
        ...(request.trusted ? {} : { origin: "import" as const }),
      });
      ids.push(...stored.rows.flatMap((row) => (row ? [row.id] : [])));
      secrets += stored.secrets;
    }
    return { ids, secrets };
  }
}

interface Group {
  readonly thread: string | null;
  readonly scope: Scope;
  readonly lines: ImportLine[];
}

/** Lines of one thread and scope that follow each other, so that each group is one transaction. */
function groupsOf(lines: readonly ImportLine[], request: HostImport): readonly Group[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const line of lines) {
    const thread = line.kind === "turn" ? (line.thread ?? line.scope?.thread ?? "import") : null;
    const scope = request.whole
      ? mergeScopes(request.scope, isolationOf(line.scope ?? {}))
      : request.scope;
    const key = JSON.stringify([thread, scope]);
    const group = open.get(key) ?? { thread, scope, lines: [] };
    if (!open.has(key)) {
      open.set(key, group);
      groups.push(group);
    }
    group.lines.push(line);
  }
  return groups;
}

/** A scope without its thread, which the group names itself. */
function isolationOf(scope: Scope): Scope {
  return Object.fromEntries(Object.entries(scope).filter(([field]) => field !== "thread"));
}

function turnOf(line: ImportLine, request: HostImport): StoreTurn {
  return {
    role: line.role ?? "user",
    text: line.text,
    createdAt: line.createdAt ?? request.now,
    metadata: line.metadata,
    ...(line.name === undefined ? {} : { name: line.name }),
    ...(line.callerId === undefined ? {} : { id: line.callerId }),
    record: {
      ...(line.id === undefined ? {} : { id: line.id }),
      tags: line.tags,
      pinned: request.trusted && line.pinned,
      ...(line.expiresAt === undefined ? {} : { expiresAt: line.expiresAt }),
    },
  };
}

function isInView(scope: Scope, view: Scope): boolean {
  return (
    isReadable(scope, view) &&
    (view.thread === undefined || scope.thread === view.thread) &&
    (view.run === undefined || scope.run === view.run)
  );
}

/** The lines of a file, decoded as it is read; `bytes` is how far the reading has come. */
async function* linesOf(
  source: Blob,
): AsyncGenerator<{ readonly text: string; readonly bytes: number }> {
  const decoder = new TextDecoder();
  const reader = source.stream().getReader();
  // Pieces of a line that goes on in the next chunk are joined once, so a giant line costs no more than its length.
  const pieces: string[] = [];
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    bytes += value?.byteLength ?? 0;
    const lines = (done ? decoder.decode() : decoder.decode(value, { stream: true })).split("\n");
    for (let i = 0; i < lines.length; i += 1) {
      pieces.push(lines[i]!);
      if (i < lines.length - 1 || done) yield { text: pieces.splice(0).join(""), bytes };
    }
    if (done) return;
  }
}
