import { bytesKey, equalBytes, type Bytes } from "../wire/bytes.ts";
import type { Dot } from "../wire/dots.ts";
import type { Manifest } from "../wire/manifest.ts";

export interface LiveRow {
  readonly dot: Dot;
  /** SHA-256 of its envelope. */
  readonly hash: Bytes;
}

/** Which entries of one device were named so far: `from` on, up to and without `next`. They have no gaps. */
export interface NamedSpan {
  readonly deviceId: Bytes;
  readonly from: number;
  readonly next: number;
}

/** Everything that has to be kept to go on later. */
export interface LiveSetState {
  readonly rows: readonly LiveRow[];
  readonly named: readonly NamedSpan[];
  /** Dots that were taken out before they were put in. */
  readonly early: readonly Dot[];
}

/** One entry as a manifest puts it in. */
export interface NamedItem {
  readonly dot: Dot;
  readonly hash: Bytes;
  /**
   * All that it takes the place of was out already. Unless another row of its record is live, it is an edit of a memory that was
   * forgotten, and counts as forgotten.
   */
  readonly orphaned: boolean;
}

/**
 * The rows of a vault that must be there: all that verified manifests put in, minus all that they take out. It does not depend on the order
 * in which manifests of different devices arrive.
 */
export interface LiveSet {
  readonly size: number;
  /** Takes in a manifest that `checkManifest` has accepted. */
  apply(manifest: Manifest): readonly NamedItem[];
  has(dot: Dot): boolean;
  /** Whether a row that was delivered is the one that was named. */
  fits(dot: Dot, hash: Bytes): boolean;
  /** Live rows that are not held, by `dotKey`: once the server has no more to give, each of them was withheld. */
  missing(holds: (key: string) => boolean): readonly Dot[];
  state(): LiveSetState;
  /** The state without its rows, of which there are many. */
  spans(): Omit<LiveSetState, "rows">;
}

export function createLiveSet(from: LiveSetState = { rows: [], named: [], early: [] }): LiveSet {
  const rows = new Map(from.rows.map((row) => [dotKey(row.dot), row]));
  const named = new Map(from.named.map((span) => [bytesKey(span.deviceId), span]));
  const early = new Map(from.early.map((dot) => [dotKey(dot), dot]));

  return {
    get size() {
      return rows.size;
    },
    apply(manifest) {
      const { deviceId, firstSeq, items } = manifest;
      const added = items.map(({ hash, supersedes }, i) => {
        const dot = { deviceId, devSeq: firstSeq + i };
        const orphaned = supersedes.length > 0 && supersedes.every(isOut);
        for (const base of supersedes) takeOut(base);
        if (!early.delete(dotKey(dot))) rows.set(dotKey(dot), { dot, hash });
        return { dot, hash, orphaned };
      });
      if (items.length > 0) {
        const span = named.get(bytesKey(deviceId));
        named.set(bytesKey(deviceId), {
          deviceId,
          from: span?.from ?? firstSeq,
          next: firstSeq + items.length,
        });
      }
      for (const dot of manifest.purged) takeOut(dot);
      return added;
    },
    has: (dot) => rows.has(dotKey(dot)),
    fits(dot, hash) {
      const row = rows.get(dotKey(dot));
      return row !== undefined && equalBytes(row.hash, hash);
    },
    missing(holds) {
      const dots: Dot[] = [];
      for (const [key, { dot }] of rows) if (!holds(key)) dots.push(dot);
      return dots;
    },
    state: () => ({ rows: [...rows.values()], ...spans() }),
    spans,
  };

  function spans(): Omit<LiveSetState, "rows"> {
    return { named: [...named.values()], early: [...early.values()] };
  }

  function takeOut(dot: Dot): void {
    if (!rows.delete(dotKey(dot)) && !wasNamed(dot)) early.set(dotKey(dot), dot);
  }

  function isOut(dot: Dot): boolean {
    return !rows.has(dotKey(dot)) && (wasNamed(dot) || early.has(dotKey(dot)));
  }

  function wasNamed({ deviceId, devSeq }: Dot): boolean {
    const span = named.get(bytesKey(deviceId));
    return span !== undefined && devSeq >= span.from && devSeq < span.next;
  }
}

/** For keys of maps and rows of tables: equal for equal dots. */
export function dotKey({ deviceId, devSeq }: Dot): string {
  return `${bytesKey(deviceId)}:${devSeq}`;
}
