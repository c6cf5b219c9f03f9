import type { MemoryKind, SkipReason } from "@alcove/sdk";

/** How numbers, dates and the SDK's terms are written on this page. */

const number = new Intl.NumberFormat();
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const second = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const utcDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

export const formatNumber = (value: number): string => number.format(value);
export const formatDay = (at: number): string => day.format(at);
export const formatMoment = (at: number): string => moment.format(at);
export const formatSecond = (at: number): string => second.format(at);
/** Of a day that has no time: days since 1970-01-01 UTC. */
export const formatUtcDay = (days: number): string => utcDay.format(days * 86_400_000);
export const formatTime = (at: number): string => time.format(at);

export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ""}`;
}

export function formatMs(ms: number): string {
  return `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`;
}

export function count(many: number, one: string, more = `${one}s`): string {
  return `${formatNumber(many)} ${many === 1 ? one : more}`;
}

export const KINDS: Readonly<Record<MemoryKind, string>> = {
  turn: "Said in a chat",
  note: "Note",
  derived: "Derived",
};

const SKIPS: Readonly<Record<SkipReason, string>> = {
  off: "Memory was off for this message.",
  "read-only": "This call was read only.",
  "write-only": "This call was write only.",
  deadline: "Recall took too long, so the message went without it.",
  error: "Memory had a fault, so the message went without it.",
  unavailable: "Memory cannot be used in this window, so the message went without it.",
  "too-large": "The request was too large to be read.",
  "unsupported-body": "The request has a form that memory does not read.",
  "no-user-turn": "The request held no message of yours.",
  "tool-continuation": "A tool's answer went on; nothing new was recalled.",
  "nothing-relevant": "Nothing remembered has to do with this.",
};

export function explainSkip(reason: SkipReason): string {
  return SKIPS[reason];
}

const LEFT: Readonly<Record<string, string>> = {
  budget: "did not fit the token budget",
  score: "has too little to do with it",
  limit: "over the limit of memories",
  "in-prompt": "stands in the conversation already",
  duplicate: "says the same as one that was used",
};

export function explainLeft(reason: string): string {
  return LEFT[reason] ?? reason;
}

/** The SDK's slots, as `slot:<name>` tags, in the words of the page. */
export const SLOT_TAGS: readonly { readonly tag: string; readonly label: string }[] = [
  { tag: "slot:identity", label: "Who you are" },
  { tag: "slot:health", label: "Health" },
  { tag: "slot:diet", label: "Food and diet" },
  { tag: "slot:instruction", label: "Instructions" },
  { tag: "slot:like", label: "Likes" },
  { tag: "slot:dislike", label: "Dislikes" },
  { tag: "slot:work", label: "Work" },
  { tag: "slot:place", label: "Places" },
  { tag: "slot:people", label: "People" },
  { tag: "slot:possession", label: "Things you own" },
  { tag: "slot:event", label: "Events" },
];

const OTHER_TAGS: Readonly<Record<string, string>> = {
  observation: "Observation",
  "priority:high": "High",
  "priority:medium": "Medium",
  "priority:low": "Low",
};

export function tagLabel(tag: string): string {
  return SLOT_TAGS.find((slot) => slot.tag === tag)?.label ?? OTHER_TAGS[tag] ?? tag;
}
