import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryFilter, MemoryKind } from "../domain/memory-record.ts";
import type { Scope } from "../domain/scope.ts";
import type { RecordDraft, StoredRecord } from "../domain/stored-record.ts";
import { codeOf, draft } from "./vault-fixtures.ts";
import type { VaultContractContext } from "./vault.contract.ts";
import type { Vault } from "./vault.ts";

const NOW = 5;
const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arb, { nil: undefined });
const name = fc.constantFrom("ann", "owner", "");
const given = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;

const scopes = fc
  .record({
    user: maybe(name),
    agent: maybe(fc.constantFrom("x", "y")),
    container: maybe(fc.constant("k")),
    thread: maybe(fc.constantFrom("t1", "t2")),
  })
  .map((scope) => given(scope) as Scope);

const drafts: fc.Arbitrary<RecordDraft> = fc
  .record({
    createdAt: fc.integer({ min: -2, max: 8 }),
    kind: fc.constantFrom<MemoryKind>("turn", "note", "derived"),
    scope: scopes,
    text: fc.constantFrom("Green TEA", "black coffee", "ÉCLAIR and tea", ""),
    tags: fc.subarray(["a", "b", "c"]),
    metadata: fc.constantFrom({}, { n: 1 }, { n: "1" }, { o: { p: [1, { q: null }] } }),
    expiresAt: maybe(fc.integer({ min: 3, max: 7 })),
  })
  .map((over) => draft(given(over) as Partial<RecordDraft>));

const filters: fc.Arbitrary<MemoryFilter> = fc
  .record({
    kinds: maybe(fc.subarray<MemoryKind>(["turn", "note", "derived"])),
    scope: maybe(scopes),
    tags: maybe(fc.subarray(["a", "b"])),
    metadata: maybe(fc.constantFrom({ n: 1 }, { o: { p: [1, { q: null }] } }, {})),
    from: maybe(fc.oneof(fc.integer({ min: -3, max: 9 }), fc.constant(new Date(3).toISOString()))),
    to: maybe(fc.integer({ min: -3, max: 9 })),
    text: maybe(fc.constantFrom("tea", "Éclair", "")),
  })
  .map((filter) => given(filter) as MemoryFilter);

/** What a list must hold, written down without any index: all rows, filtered one by one, newest first. */
function expected(
  rows: readonly StoredRecord[],
  filter: MemoryFilter,
  scope: Scope | null,
): readonly StoredRecord[] {
  const time = (value: number | string | undefined): number | undefined =>
    typeof value === "string" ? Date.parse(value) : value;
  return rows
    .filter((row) => row.expiresAt === undefined || row.expiresAt > NOW)
    .filter((row) => scope === null || row.scope.user === scope.user)
    .filter((row) => !scope?.agent || !row.scope.agent || row.scope.agent === scope.agent)
    .filter(
      (row) => !scope?.container || !row.scope.container || row.scope.container === scope.container,
    )
    .filter((row) =>
      Object.entries(filter.scope ?? {}).every(
        ([field, value]) => row.scope[field as keyof Scope] === value,
      ),
    )
    .filter((row) => !filter.ids || filter.ids.includes(row.id))
    .filter((row) => !filter.kinds || filter.kinds.includes(row.kind))
    .filter((row) => (filter.tags ?? []).every((tag) => row.tags.includes(tag)))
    .filter((row) =>
      Object.entries(filter.metadata ?? {}).every(
        ([key, value]) => JSON.stringify(row.metadata[key]) === JSON.stringify(value),
      ),
    )
    .filter(
      (row) =>
        row.createdAt >= (time(filter.from) ?? -Infinity) &&
        row.createdAt < (time(filter.to) ?? Infinity),
    )
    .filter((row) => row.text.toLowerCase().includes((filter.text ?? "").toLowerCase()))
    .toSorted((a, b) => b.createdAt - a.createdAt || b.seq - a.seq);
}

async function allPages(
  vault: Vault,
  filter: MemoryFilter,
  scope: Scope | null,
  limit: number,
): Promise<StoredRecord[]> {
  const seen: StoredRecord[] = [];
  for (let cursor: string | null = null; ;) {
    const page: Awaited<ReturnType<Vault["list"]>> = await vault.list({
      filter,
      scope,
      limit,
      now: NOW,
      ...(cursor === null ? {} : { cursor }),
    });
    seen.push(...page.rows);
    if (page.next === null) return seen;
    expect(page.rows).toHaveLength(limit);
    cursor = page.next;
  }
}

/** The part of the contract about `list`. */
export function describeListing({ fresh, add }: VaultContractContext): void {
  describe("listing", () => {
    it("gives what a walk over all rows gives, under any filter, scope and page size", async () => {
      const vault = await fresh();
      const rows: StoredRecord[] = [];
      await fc.assert(
        fc.asyncProperty(
          fc.array(drafts, { maxLength: 8 }),
          filters,
          fc.option(scopes),
          fc.integer({ min: 1, max: 7 }),
          async (more, filter, scope, limit) => {
            rows.push(
              ...(await add(vault, ...more.map((one) => ({ ...one, id: crypto.randomUUID() })))),
            );
            expect(await allPages(vault, filter, scope, limit)).toEqual(
              expected(rows, filter, scope),
            );
            const ids = rows.filter((_, i) => i % 3 === 0).map(({ id }) => id);
            expect(await allPages(vault, { ...filter, ids }, scope, limit)).toEqual(
              expected(rows, { ...filter, ids }, scope),
            );
          },
        ),
        { numRuns: 60 },
      );
    }, 60_000);

    it("shows every row that stays exactly once while others come and go between two pages", async () => {
      const vault = await fresh();
      const rows = await add(
        vault,
        ...Array.from({ length: 30 }, (_, i) => draft({ createdAt: Math.floor(i / 10) })),
      );
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let turn = 0; ; turn += 1) {
        const page: Awaited<ReturnType<Vault["list"]>> = await vault.list({
          filter: {},
          scope: {},
          limit: 4,
          now: NOW,
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.rows.map(({ id }) => id));
        if (page.next === null) break;
        cursor = page.next;
        await add(vault, draft({ createdAt: 9 }), draft({ createdAt: turn % 3 }));
        await vault.remove([page.rows.at(-1)!.id], []);
      }
      const first = new Set(rows.map(({ id }) => id));
      expect(seen.filter((id) => first.has(id))).toEqual(
        rows
          .toReversed()
          .map(({ id }) => id)
          .toSorted((a, b) => order(b) - order(a)),
      );
      expect(new Set(seen).size).toBe(seen.length);

      function order(id: string): number {
        const row = rows.find((one) => one.id === id)!;
        return row.createdAt * 1000 + row.seq;
      }
    });

    it("walks past many rows that do not match", async () => {
      const vault = await fresh();
      await add(
        vault,
        draft({ text: "needle", createdAt: 0 }),
        ...Array.from({ length: 3000 }, (_, i) => draft({ createdAt: i + 1 })),
      );
      const { rows, next } = await vault.list({
        filter: { text: "NEEDLE" },
        scope: {},
        limit: 5,
        now: NOW,
      });
      expect(rows.map(({ text }) => text)).toEqual(["needle"]);
      expect(next).toBeNull();
    });

    it("refuses a cursor and a time that nobody gave, and gives nothing for no room", async () => {
      const vault = await fresh();
      await add(vault, draft());
      for (const cursor of ["", "x", "1", "1~", "~1", "1~2~3", "NaN~1", "Infinity~1", "1~1.5"]) {
        expect(
          await codeOf(vault.list({ filter: {}, scope: {}, limit: 5, now: NOW, cursor })),
        ).toBe("usage/invalid-input");
      }
      expect(
        await codeOf(vault.list({ filter: { from: "yesterday" }, scope: {}, limit: 5, now: NOW })),
      ).toBe("usage/invalid-input");
      expect(await vault.list({ filter: {}, scope: {}, limit: 0, now: NOW })).toEqual({
        rows: [],
        next: null,
      });
    });
  });
}
