/** A run of text that both sides share, or that only one of them has. */
export interface DiffPart {
  readonly kind: "same" | "added" | "removed";
  readonly text: string;
}

/** Above this product of line counts the middle is shown as replaced: a table of that size would stop the page. */
const MOST_CELLS = 4_000_000;

/**
 * The difference of two texts: by lines first, then by characters inside lines that changed. Made for insertions, which is
 * what memory does to a prompt; any other change still comes out right, if not always shortest.
 */
export function diffText(before: string, after: string): readonly DiffPart[] {
  const parts: DiffPart[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    if (removed.length === 0 || added.length === 0) {
      push(parts, "removed", removed.join(""));
      push(parts, "added", added.join(""));
    } else {
      for (const part of diffEnds(removed.join(""), added.join("")))
        push(parts, part.kind, part.text);
    }
    removed = [];
    added = [];
  };
  for (const { kind, text } of diffLines(splitLines(before), splitLines(after))) {
    if (kind === "removed") removed.push(text);
    else if (kind === "added") added.push(text);
    else {
      flush();
      push(parts, "same", text);
    }
  }
  flush();
  return parts;
}

/** What two texts share at both ends, and what stands between. */
function diffEnds(before: string, after: string): readonly DiffPart[] {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end])
    end += 1;
  return [
    { kind: "same", text: before.slice(0, start) },
    { kind: "removed", text: before.slice(start, before.length - end) },
    { kind: "added", text: after.slice(start, after.length - end) },
    { kind: "same", text: before.slice(before.length - end) },
  ];
}

function diffLines(before: readonly string[], after: readonly string[]): DiffPart[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  return [
    { kind: "same", text: before.slice(0, start).join("") },
    ...longestCommon(
      before.slice(start, before.length - end),
      after.slice(start, after.length - end),
    ),
    { kind: "same", text: before.slice(before.length - end).join("") },
  ];
}

/** The longest common subsequence of lines, by the table. */
function longestCommon(before: readonly string[], after: readonly string[]): DiffPart[] {
  const width = after.length + 1;
  if (before.length * after.length > MOST_CELLS) {
    return [
      ...before.map((text) => ({ kind: "removed", text }) as const),
      ...after.map((text) => ({ kind: "added", text }) as const),
    ];
  }
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const parts: DiffPart[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const left = before[i];
    const right = after[j];
    if (left !== undefined && left === right) {
      parts.push({ kind: "same", text: left });
      i += 1;
      j += 1;
    } else if (
      right === undefined ||
      (left !== undefined &&
        (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      parts.push({ kind: "removed", text: left ?? "" });
      i += 1;
    } else {
      parts.push({ kind: "added", text: right });
      j += 1;
    }
  }
  return parts;
}

/** Where lines end, and where a string of laid-out JSON starts and ends. */
const SEAMS = /(?<=\n)|(?=\n)|(?<=": ")|(?=",?(?:\n|$))/u;

/** Lines, line breaks and JSON's own marks apart: text added inside a string then leaves the marks around it alone. */
function splitLines(text: string): readonly string[] {
  return text === "" ? [] : text.split(SEAMS);
}

function push(parts: DiffPart[], kind: DiffPart["kind"], text: string): void {
  if (text === "") return;
  const last = parts.at(-1);
  if (last?.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text };
  else parts.push({ kind, text });
}
