import type { StoredRecord } from "../domain/stored-record.ts";
import type { RecalledMemory, Signals } from "../domain/recall.ts";
import { quoted } from "../text/fence.ts";
import { textKey } from "../text/text-key.ts";
import { estimateTokens } from "../text/tokens.ts";
import { acrossSessions, fillBudget } from "./budget.ts";
import { bestCandidates, rankedFor, scoreFloor, type Candidate } from "./candidates.ts";
import { explain } from "./explain.ts";
import { askMeaning } from "./ask-meaning.ts";
import { fitProfile, isProfileRow, profileDocuments } from "./profile.ts";
import { readQuery } from "./query.ts";
import { rankDocuments } from "./ranking.ts";
import { createReadableCache } from "./readable.ts";
import { createScratch } from "./scratch.ts";
import {
  frameTokens,
  renderLine,
  renderProfile,
  renderRecall,
  type ShownRecord,
} from "./render.ts";
import type { RecallOutcome, RecallRequest, RecallService } from "./recall-service.ts";
import { readRows, type RecallDeps, type RecallParts } from "./read-rows.ts";
import { findRelated } from "./related.ts";
import { searchRecords } from "./search.ts";
import { vaultForms } from "./vault-forms.ts";

/** The shortest lines cost about this many tokens: more candidates than would fit are not looked at. */
const SHORTEST_LINE = 5;
const FEWEST_CANDIDATES = 100;
/** Each costs a read of its row, and is shown in the trace only. */
const MOST_LEFT = 6;
/** Where only some records are wanted: rows that are read to find them, best first, and how many at a time. */
const MOST_TESTED = 2_048;
const TESTED_AT_ONCE = 128;

export function createRecallService(deps: RecallDeps): RecallService {
  const parts: RecallParts = {
    ...deps,
    readables: createReadableCache(),
    scratch: createScratch(),
  };
  return {
    recall: (request) => recall(parts, request),
    search: (request) => searchRecords(parts, request),
    related: (record, limit) => findRelated(parts, record, limit),
  };
}

async function recall(parts: RecallParts, request: RecallRequest): Promise<RecallOutcome> {
  const { index, vault, clock, loadRequestReader } = parts;
  const steps: Record<string, number> = {};
  let since = clock();
  const step = (name: string): void => {
    const now = clock();
    steps[name] = now - since;
    since = now;
  };
  if (request.budgetTokens <= 0)
    return {
      profile: "",
      recall: "",
      tokens: 0,
      memories: [],
      steps,
      left: [],
      skipped: "nothing-relevant",
    };

  const reader = await loadRequestReader();
  const formsOf = await vaultForms(parts);
  const isWanted = await wantedRows(request);
  const wantsProfile = request.strategy !== "query" && request.frozenProfile === null;
  const asks = request.strategy !== "profile" && request.turns.length > 0;
  const inPrompt = new Set(
    [...request.turns.map(({ text }) => text), ...(request.shown ?? [])].map(textKey),
  );
  const most = Math.max(FEWEST_CANDIDATES, Math.ceil(request.budgetTokens / SHORTEST_LINE));
  const meaning = asks
    ? await askMeaning(parts, request.turns, request.scope, request.now, rankedFor(most))
    : null;
  if (meaning !== null) step("meaning");

  // From here to the rows nothing waits: document numbers are good until the index changes.
  const view = index.view();
  const readable = parts.readables.of(view, request.scope, request.now);
  const profileSeqs = wantsProfile ? profileDocuments(view, readable) : [];
  let candidates: readonly Candidate[] = [];
  let floor = 0;
  let skippedTurns: readonly Candidate[] = [];
  if (asks) {
    const arrays = parts.scratch.borrow(view.count);
    const query = readQuery(
      request.turns,
      view,
      readable,
      arrays.found,
      request.now,
      reader,
      formsOf,
    );
    const input = { query, view, readable, arrays, threadId: request.threadId, meaning };
    const looked = request.where === undefined ? most : Math.max(most, MOST_TESTED);
    const ranking = rankDocuments({ ...input, most: rankedFor(looked) });
    step("rank");
    const best = bestCandidates(input, ranking, request.now, looked);
    const fresh = best.filter((candidate) => !inPrompt.has(candidate.textKey));
    candidates = query.asksForCourse ? acrossSessions(fresh) : fresh;
    floor = scoreFloor(query, candidates);
    skippedTurns = best.filter((candidate) => inPrompt.has(candidate.textKey));
    step("choose");
  }

  if (isWanted !== null) candidates = await passing(parts, request, isWanted, candidates, most);
  const profileRows = await readRows(vault, profileSeqs, request.scope, request.now);
  const profileShown = profileRows
    .filter(
      (row): row is StoredRecord =>
        row !== null &&
        isProfileRow(row) &&
        (isWanted === null || isWanted(row)) &&
        !inPrompt.has(textKey(row.text)),
    )
    .map(whole);
  const count = counterOf(request);
  const profileLines = await count(profileShown.map((shown) => `- ${renderLine(shown)}\n`));
  const shownInProfile = fitProfile(
    profileShown,
    profileLines,
    request.budgetTokens,
    request.fenceId,
  );
  const profile = request.frozenProfile ?? renderProfile(shownInProfile, request.fenceId);
  const [profileTokens = 0] = await count([profile]);
  step("profile");

  const inProfile = new Set(shownInProfile.map(({ row }) => row.seq));
  const budget = request.budgetTokens - profileTokens - frameTokens("recall", request.fenceId);
  const fill = fillBudget(
    candidates.filter(({ seq }) => !inProfile.has(seq)),
    budget,
    request.limit === undefined ? Infinity : request.limit - inProfile.size,
    request.minScore ?? floor,
    ({ tokens }) => tokens,
  );
  const rows = await readRows(
    vault,
    [
      ...fill.taken,
      ...fill.left.slice(0, MOST_LEFT).map(({ candidate }) => candidate),
      ...skippedTurns.slice(0, MOST_LEFT),
    ].map(({ seq }) => seq),
    request.scope,
    request.now,
  );
  const rowOf = new Map(
    rows.flatMap((row): [number, StoredRecord][] => (row === null ? [] : [[row.seq, row]])),
  );
  step("read");

  const chosen = distinct(fill.taken, rowOf, profile, shownInProfile);
  let text = renderRecall(chosen, request.fenceId);
  let [tokens = 0] = await count([text]);
  // The fill goes by estimates of single lines; a caller's own tokenizer may count more.
  while (chosen.length > 0 && profileTokens + tokens > request.budgetTokens) {
    chosen.length = Math.min(
      chosen.length - 1,
      Math.floor((chosen.length * (request.budgetTokens - profileTokens)) / tokens),
    );
    text = renderRecall(chosen, request.fenceId);
    [tokens = 0] = await count([text]);
  }
  const memories = [
    ...shownInProfile.map((shown) => memoryOf(shown, 1, profileSignals(shown.row), "profile")),
    ...chosen.map((shown) =>
      memoryOf(shown, shown.candidate.score, shown.candidate.signals, "recall"),
    ),
  ];
  step("render");
  return {
    profile,
    recall: text,
    tokens: profileTokens + tokens,
    memories,
    steps,
    left: leftOut(
      [
        ...fill.left,
        ...skippedTurns.map((candidate) => ({ candidate, reason: "in-prompt" as const })),
      ],
      rowOf,
    ),
    ...(profile === "" && text === "" ? { skipped: "nothing-relevant" as const } : {}),
  };
}

/** `null`: all are. Few calls want only some records, so what tells them apart is loaded when one does. */
async function wantedRows({
  where,
}: RecallRequest): Promise<((row: StoredRecord) => boolean) | null> {
  if (where === undefined) return null;
  const { passesTest } = await import("../domain/record-test.ts");
  return (row) => passesTest(row, where);
}

/** The best candidates whose rows pass the request's condition, at most as many as are looked at without one. */
async function passing(
  { vault }: RecallParts,
  { scope, now }: RecallRequest,
  isWanted: (row: StoredRecord) => boolean,
  candidates: readonly Candidate[],
  most: number,
): Promise<readonly Candidate[]> {
  const passed: Candidate[] = [];
  for (let at = 0; at < candidates.length && passed.length < most; at += TESTED_AT_ONCE) {
    const batch = candidates.slice(at, at + TESTED_AT_ONCE);
    const rows = await readRows(
      vault,
      batch.map(({ seq }) => seq),
      scope,
      now,
    );
    passed.push(
      ...batch.filter((_, place) => {
        const row = rows[place] ?? null;
        return row !== null && isWanted(row);
      }),
    );
  }
  return passed;
}

/** Counts by the caller's tokenizer where one is given; an empty text has no tokens with any. */
function counterOf(
  request: RecallRequest,
): (texts: readonly string[]) => Promise<readonly number[]> {
  const { countTokens } = request;
  if (countTokens === undefined)
    return (texts) =>
      Promise.resolve(texts.map((text) => (text === "" ? 0 : estimateTokens(text))));
  return async (texts) => {
    const asked = texts.filter((text) => text !== "");
    const counts = asked.length === 0 ? [] : await countTokens(asked);
    let at = 0;
    return texts.map((text) => (text === "" ? 0 : (counts[at++] ?? 0)));
  };
}

/** The chosen rows in their order, each text once, and none that stands in the profile already. */
function distinct(
  taken: readonly Candidate[],
  rowOf: ReadonlyMap<number, StoredRecord>,
  profile: string,
  inProfile: readonly ShownRecord[],
): (ShownRecord & { readonly candidate: Candidate })[] {
  const texts = new Set<string>();
  const ids = new Set([
    ...taken.flatMap(({ seq }) => rowOf.get(seq)?.id ?? []),
    ...inProfile.map(({ row }) => row.id),
  ]);
  return taken.flatMap((candidate) => {
    const row = rowOf.get(candidate.seq);
    if (
      row === undefined ||
      texts.has(row.textHash) ||
      // What was drawn from a row that is shown says nothing new.
      (row.kind === "derived" && row.sources.some((id) => ids.has(id))) ||
      (profile !== "" && profile.includes(quoted(row.text)))
    )
      return [];
    texts.add(row.textHash);
    return [{ ...whole(row), candidate, undated: candidate.undated }];
  });
}

function whole(row: StoredRecord): ShownRecord {
  return { row, text: row.text };
}

function memoryOf(
  { row }: ShownRecord,
  score: number,
  signals: Signals,
  part: "profile" | "recall",
): RecalledMemory {
  return {
    id: row.id,
    text: row.text,
    createdAt: row.createdAt,
    scope: row.scope,
    score,
    signals,
    why: explain(signals, part),
    sources: row.kind === "turn" ? [row.callerId ?? row.id] : [],
    part,
  };
}

function profileSignals(row: StoredRecord): Signals {
  return {
    words: 0,
    letters: 0,
    meaning: 0,
    context: 0,
    speaker: 1,
    time: 1,
    cue: 0,
    pinned: row.pinned ? 1 : 0,
  };
}

function leftOut(
  left: readonly {
    readonly candidate: Candidate;
    readonly reason: RecallOutcome["left"][number]["reason"];
  }[],
  rowOf: ReadonlyMap<number, StoredRecord>,
): RecallOutcome["left"] {
  return left
    .flatMap(({ candidate, reason }) => {
      const row = rowOf.get(candidate.seq);
      return row === undefined
        ? []
        : [{ id: row.id, score: candidate.score, signals: candidate.signals, reason }];
    })
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_LEFT);
}
