import type { StoredRecord } from "../domain/stored-record.ts";
import { estimateTokens } from "../text/tokens.ts";
import {
  closeFence,
  openFence,
  PROFILE_LINE,
  quoted,
  quotedName,
  RECALL_LINE,
} from "../text/fence.ts";

/** What of a record is shown: its whole text, or a passage of a long one. */
export interface ShownRecord {
  readonly row: StoredRecord;
  readonly text: string;
  /** The user's own fact that holds on any day: shown without one, which leaves room for more of them. */
  readonly undated?: boolean;
}

/** The line that shows a record: `name: text`. */
export function renderLine({ row, text }: ShownRecord): string {
  const role = row.role ?? "note";
  return `${row.name === undefined ? role : quotedName(row.name, role)}: ${quoted(text)}`;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** The day of a record (UTC), as its date line shows it: `8 May 2023` has the fewest tokens of the forms that cannot be misread. */
export function dayLine(createdAt: number): string {
  const day = new Date(createdAt);
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()] ?? ""} ${day.getUTCFullYear()}`;
}

/** Facts about the user, for the end of the system text. Empty where there are none. */
export function renderProfile(shown: readonly ShownRecord[], fenceId: string): string {
  if (shown.length === 0) return "";
  return [
    openFence(fenceId),
    PROFILE_LINE,
    ...shown.map((record) => `- ${renderLine(record)}`),
    closeFence(fenceId),
  ].join("\n");
}

const UNDATED_LINE = "The user, oldest first:";

/** Facts without a day first, then turns by session in time order, one date line a session. Empty where there are none. */
export function renderRecall(shown: readonly ShownRecord[], fenceId: string): string {
  if (shown.length === 0) return "";
  const lines = [openFence(fenceId), RECALL_LINE];
  const undated = shown.filter((record) => record.undated === true);
  if (undated.length > 0) lines.push(UNDATED_LINE);
  for (const { text } of undated.toSorted(
    (a, b) => a.row.createdAt - b.row.createdAt || a.row.seq - b.row.seq,
  ))
    lines.push(`- ${quoted(text)}`);
  let session = "";
  for (const record of inSessions(shown.filter((one) => one.undated !== true))) {
    const key = sessionKey(record.row);
    if (key !== session) {
      const day = dayLine(record.row.createdAt);
      if (!session.endsWith(` ${day}`)) lines.push(day);
      session = key;
    }
    lines.push(renderLine(record));
  }
  return [...lines, closeFence(fenceId)].join("\n");
}

/** One session: the turns of one conversation on one day. */
function sessionKey(row: StoredRecord): string {
  return `${row.threadId ?? ""} ${dayLine(row.createdAt)}`;
}

function inSessions(shown: readonly ShownRecord[]): readonly ShownRecord[] {
  const starts = new Map<string, number>();
  for (const { row } of shown)
    starts.set(sessionKey(row), Math.min(starts.get(sessionKey(row)) ?? Infinity, row.createdAt));
  return shown.toSorted(
    (a, b) =>
      (starts.get(sessionKey(a.row)) ?? 0) - (starts.get(sessionKey(b.row)) ?? 0) ||
      (sessionKey(a.row) < sessionKey(b.row)
        ? -1
        : sessionKey(a.row) > sessionKey(b.row)
          ? 1
          : 0) ||
      (a.row.position ?? 0) - (b.row.position ?? 0) ||
      a.row.createdAt - b.row.createdAt ||
      a.row.seq - b.row.seq,
  );
}

/** Tokens of the frame of a part, without its lines. */
export function frameTokens(part: "profile" | "recall", fenceId: string): number {
  return estimateTokens(
    [
      openFence(fenceId),
      part === "profile" ? PROFILE_LINE : RECALL_LINE,
      closeFence(fenceId),
      "",
    ].join("\n"),
  );
}
