import type { ForgetTarget, MemoryFilter, MemoryPatch, NewMemory } from "./domain/memory-record.ts";
import type { RecallOptions, SearchOptions } from "./domain/recall.ts";
import { createCheck, type Check } from "./option-check.ts";
import { checkScope } from "./options.ts";

/** Checks of what the public methods are given. Each throws one `usage/invalid-input` that lists every problem. */

const KINDS = ["turn", "note", "derived"];
const ORIGINS = ["user", "assistant", "app", "import", "tool"];
const MAX_NOTES = 10_000;

export function checkScopeArgument(where: string, scope: unknown): void {
  done(where, (check) => checkScope(check, "scope", scope));
}

export function checkFilter(where: string, filter: MemoryFilter): void {
  done(where, (check) => filterFields(check, "filter", filter));
}

export function checkNotes(notes: readonly NewMemory[]): void {
  done("add()", (check) => {
    if (notes.length > MAX_NOTES) check.problem("input", `at most ${MAX_NOTES} memories a call`);
    notes.forEach((note: NewMemory | null | undefined, i) => {
      const at = `input[${i}]`;
      if (typeof note !== "object" || note === null)
        return check.problem(at, "an object with `text`");
      if (typeof note.text !== "string" || note.text.trim() === "")
        check.problem(`${at}.text`, "a non-empty string");
      if (note.kind === "derived" && !(Array.isArray(note.sources) && note.sources.length > 0))
        check.problem(`${at}.sources`, "the ids that a derived record comes from");
      check.object(at, note, {
        text: () => undefined,
        kind: (p, v) => check.oneOf(p, v, ["note", "derived"]),
        tags: (p, v) => check.strings(p, v),
        metadata: (p, v) => check.record(p, v, () => undefined),
        origin: (p, v) => check.oneOf(p, v, ORIGINS),
        pinned: (p, v) => check.boolean(p, v),
        createdAt: (p, v) => check.time(p, v),
        expiresAt: (p, v) => check.time(p, v),
        sources: (p, v) => check.strings(p, v),
        name: (p, v) => check.string(p, v),
      });
    });
  });
}

export function checkPatch(patch: MemoryPatch): void {
  done("update()", (check) => {
    if (typeof patch !== "object" || patch === null) return check.problem("patch", "an object");
    check.object("patch", patch, {
      text: (p, v) =>
        typeof v === "string" && v.trim() !== ""
          ? undefined
          : check.problem(p, "a non-empty string"),
      tags: (p, v) => check.strings(p, v),
      metadata: (p, v) => check.record(p, v, () => undefined),
      pinned: (p, v) => check.boolean(p, v),
      expiresAt: (p, v) => (v === null ? undefined : check.time(p, v)),
    });
  });
}

export function checkSearch(query: unknown, options: SearchOptions): void {
  done("search()", (check) => {
    if (typeof query !== "string") check.problem("query", "a string");
    check.object("options", options, {
      filter: (p, v) => filterFields(check, p, v),
      limit: (p, v) => check.number(p, v, 0, 10_000),
      minScore: (p, v) => check.number(p, v, 0, 1),
      scope: (p, v) => checkScope(check, p, v),
      now: (p, v) => check.number(p, v, 0, Number.MAX_SAFE_INTEGER),
      signal: () => undefined,
    });
  });
}

export function checkRecallOptions(options: RecallOptions): void {
  done("prepare()", (check) =>
    check.object("options", options, {
      budgetTokens: (p, v) => check.number(p, v, 0, 100_000),
      limit: (p, v) => check.number(p, v, 0, 10_000),
      minScore: (p, v) => check.number(p, v, 0, 1),
      strategy: (p, v) => check.oneOf(p, v, ["profile", "query", "full"]),
      placement: (p, v) => check.oneOf(p, v, ["split", "user-only"]),
      scope: (p, v) => checkScope(check, p, v),
      now: (p, v) => check.number(p, v, 0, Number.MAX_SAFE_INTEGER),
      signal: () => undefined,
    }),
  );
}

export function checkTarget(target: ForgetTarget): void {
  done("forget()", (check) => {
    if (typeof target !== "object" || target === null)
      return check.problem("target", "{ ids }, { filter } or { query }");
    const kinds = ["ids", "filter", "query"].filter((field) => field in target);
    if (kinds.length !== 1)
      return check.problem("target", "exactly one of { ids }, { filter } and { query }");
    check.object("target", target, {
      ids: (p, v) => check.strings(p, v),
      filter: (p, v) => filterFields(check, p, v),
      query: (p, v) =>
        typeof v === "string" && v.trim() !== ""
          ? undefined
          : check.problem(p, "a non-empty string"),
      limit: (p, v) => check.number(p, v, 1, 10_000),
    });
  });
}

function filterFields(check: Check, path: string, filter: unknown): void {
  check.object(path, filter, {
    ids: (p, v) => check.strings(p, v),
    kinds: (p, v) =>
      Array.isArray(v) && v.every((kind) => KINDS.includes(kind as string))
        ? undefined
        : check.problem(p, `an array of ${KINDS.join(", ")}`),
    scope: (p, v) => checkScope(check, p, v),
    tags: (p, v) => check.strings(p, v),
    metadata: (p, v) => check.record(p, v, () => undefined),
    from: (p, v) => check.time(p, v),
    to: (p, v) => check.time(p, v),
    text: (p, v) => check.string(p, v),
  });
}

function done(where: string, checks: (check: Check) => void): void {
  const check = createCheck(where);
  checks(check);
  check.finish("usage/invalid-input");
}
