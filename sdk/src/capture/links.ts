import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import type { RecordMark, Vault } from "../vault/vault.ts";

export interface LinkedDrafts {
  /** In the order given, with their links. */
  readonly drafts: readonly (RecordDraft | null)[];
  /** For older records in the vault that a draft renews. */
  readonly marks: readonly RecordMark[];
  readonly duplicates: number;
  readonly superseded: number;
}

/**
 * Links each draft to the older record that it repeats (`duplicateOf`: the same text, or the same content words) and to the
 * older fact that it renews (`supersedes`: the same fact key, said before). Nothing is dropped: a repeated turn is evidence, and
 * an old fact stays visible.
 */
export async function linkDrafts(
  vault: Pick<Vault, "matching">,
  drafts: readonly (RecordDraft | null)[],
): Promise<LinkedDrafts> {
  const present = drafts.filter((draft) => draft !== null);
  if (present.length === 0) return { drafts, marks: [], duplicates: 0, superseded: 0 };
  const user = present[0]!.scope.user;
  // Texts that are the same have the same content words, so one look finds both; only a text without any is looked up by itself.
  const wordless = present.filter((draft) => draft.nearHash === "");
  const [near, same, facts] = await Promise.all([
    matching(
      vault,
      user,
      "nearHash",
      present.map((draft) => draft.nearHash).filter((hash) => hash !== ""),
    ),
    matching(
      vault,
      user,
      "textHash",
      wordless.map((draft) => draft.textHash),
    ),
    matching(
      vault,
      user,
      "factKeys",
      present.flatMap((draft) => draft.factKeys),
    ),
  ]);
  const known = knownOf([...same, ...near], near, facts);
  const renewed = new Map<string, string>();
  let duplicates = 0;
  const linked = drafts.map((draft) => {
    if (!draft) return null;
    const twin = twinOf(known, draft);
    const older = twin ? undefined : olderFact(known.facts, draft);
    if (twin) duplicates += 1;
    if (older) renewed.set(older.id, draft.id);
    const done: RecordDraft = {
      ...draft,
      ...(twin
        ? {
            duplicateOf: twin.duplicateOf ?? twin.id,
            duplicate: twin.textHash === draft.textHash ? "exact" : "near",
          }
        : {}),
      ...(older ? { supersedes: older.id } : {}),
    };
    learn(known, done);
    return done;
  });
  // A fact that is renewed within this batch has no row to mark yet: the mark goes into its draft.
  const ids = new Set(present.map((draft) => draft.id));
  return {
    drafts: linked.map((draft) => {
      const by = draft ? renewed.get(draft.id) : undefined;
      return draft && by !== undefined ? { ...draft, supersededBy: by } : draft;
    }),
    marks: [...renewed]
      .filter(([id]) => !ids.has(id))
      .map(([id, by]) => ({ id, supersededBy: by })),
    duplicates,
    superseded: renewed.size,
  };
}

interface Known {
  readonly exact: Map<string, RecordDraft>;
  readonly near: Map<string, RecordDraft>;
  readonly facts: Map<string, RecordDraft>;
}

function knownOf(
  same: readonly StoredRecord[],
  near: readonly StoredRecord[],
  facts: readonly StoredRecord[],
): Known {
  const known: Known = { exact: new Map(), near: new Map(), facts: new Map() };
  for (const row of same) if (!known.exact.has(row.textHash)) known.exact.set(row.textHash, row);
  for (const row of near)
    if (row.nearHash !== "" && !known.near.has(row.nearHash)) known.near.set(row.nearHash, row);
  for (const row of facts) learnFacts(known.facts, row);
  return known;
}

function learn(known: Known, draft: RecordDraft): void {
  if (!known.exact.has(draft.textHash)) known.exact.set(draft.textHash, draft);
  if (draft.nearHash !== "" && !known.near.has(draft.nearHash))
    known.near.set(draft.nearHash, draft);
  learnFacts(known.facts, draft);
}

/** Of facts about one thing the newest stands; a repetition of an old one renews it too ("back in Oslo"). */
function learnFacts(facts: Map<string, RecordDraft>, draft: RecordDraft): void {
  for (const key of draft.factKeys) {
    const standing = facts.get(key);
    if (!standing || standing.createdAt <= draft.createdAt) facts.set(key, draft);
  }
}

/** The standing record, of the same role, that says the same. */
function twinOf(known: Known, draft: RecordDraft): RecordDraft | undefined {
  const twin =
    known.exact.get(draft.textHash) ??
    (draft.nearHash === "" ? undefined : known.near.get(draft.nearHash));
  return twin && twin.role === draft.role && standsFor(known.facts, twin, draft) ? twin : undefined;
}

/** A repetition of a fact that something else has renewed meanwhile is no mere repetition: it contradicts the newer one. */
function standsFor(
  facts: ReadonlyMap<string, RecordDraft>,
  twin: RecordDraft,
  draft: RecordDraft,
): boolean {
  return draft.factKeys.every((key) => {
    const standing = facts.get(key);
    return !standing || standing.textHash === twin.textHash || standing.nearHash === twin.nearHash;
  });
}

function olderFact(
  facts: ReadonlyMap<string, RecordDraft>,
  draft: RecordDraft,
): RecordDraft | undefined {
  for (const key of draft.factKeys) {
    const standing = facts.get(key);
    if (standing && standing.createdAt <= draft.createdAt && standing.textHash !== draft.textHash)
      return standing;
  }
  return undefined;
}

async function matching(
  vault: Pick<Vault, "matching">,
  user: string | undefined,
  by: Parameters<Vault["matching"]>[1],
  keys: readonly string[],
): Promise<readonly StoredRecord[]> {
  return keys.length === 0 ? [] : vault.matching(user, by, [...new Set(keys)]);
}
