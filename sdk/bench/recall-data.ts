import { readFileSync } from "node:fs";

/** A conversation in the LoCoMo format, as the bench stores and asks it. */
export interface Conversation {
  readonly id: string;
  readonly sessions: readonly Session[];
  readonly questions: readonly Question[];
  /** A day after its last turn, epoch milliseconds: the time of every question. */
  readonly now: number;
}

export interface Session {
  readonly thread: string;
  readonly turns: readonly {
    readonly role: "user";
    readonly name: string;
    readonly content: string;
    readonly id: string;
    readonly createdAt: number;
  }[];
}

export interface Question {
  readonly id: string;
  readonly text: string;
  readonly category: number;
  /** Turn ids; empty where the file names none that exist. */
  readonly evidence: readonly string[];
}

export const CATEGORIES: Readonly<Record<number, string>> = {
  1: "multi-hop",
  2: "temporal",
  3: "open-domain",
  4: "single-hop",
  5: "adversarial",
};
export const ADVERSARIAL = 5;

interface RawTurn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text: string;
  readonly blip_caption?: string;
}

interface RawConversation {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, string | readonly RawTurn[]>>;
  readonly qa: readonly {
    readonly question: string;
    readonly evidence?: readonly string[];
    readonly category: number;
  }[];
}

const MINUTE = 60_000;

/**
 * Reads a LoCoMo-format file. `labels` corrects evidence: `question_id` is `locomo_<conversation>_qa<question>`, both counted in file
 * order. Captions of shared pictures count as text.
 */
export function readConversations(
  file: string,
  labels: string | undefined,
): readonly Conversation[] {
  const corrected =
    labels === undefined ? new Map<string, readonly string[]>() : readLabels(labels);
  const raw = JSON.parse(readFileSync(file, "utf8")) as readonly RawConversation[];
  return raw.map((sample, place) => {
    const sessions = readSessions(sample);
    const known = new Set(sessions.flatMap(({ turns }) => turns.map(({ id }) => id)));
    return {
      id: sample.sample_id,
      sessions,
      now:
        Math.max(...sessions.flatMap(({ turns }) => turns.map(({ createdAt }) => createdAt))) +
        24 * 60 * MINUTE,
      questions: sample.qa.map((qa, at) => {
        const id = `locomo_${place}_qa${at}`;
        return {
          id,
          text: qa.question,
          category: qa.category,
          evidence: turnIds(corrected.get(id) ?? qa.evidence ?? []).filter((turn) =>
            known.has(turn),
          ),
        };
      }),
    };
  });
}

function readLabels(file: string): Map<string, readonly string[]> {
  const rows = JSON.parse(readFileSync(file, "utf8")) as readonly {
    readonly question_id: string;
    readonly correct_evidence?: readonly string[];
  }[];
  return new Map(
    rows.flatMap((row): [string, readonly string[]][] =>
      row.correct_evidence?.length ? [[row.question_id, row.correct_evidence]] : [],
    ),
  );
}

function readSessions({ sample_id, conversation }: RawConversation): readonly Session[] {
  const sessions: Session[] = [];
  for (let number = 1; `session_${number}_date_time` in conversation; number += 1) {
    const turns = conversation[`session_${number}`];
    if (!Array.isArray(turns)) continue;
    const start = sessionStart(conversation[`session_${number}_date_time`]);
    sessions.push({
      thread: `${sample_id}-${number}`,
      turns: (turns as readonly RawTurn[]).map((turn, at) => ({
        role: "user",
        name: turn.speaker,
        content:
          turn.blip_caption === undefined
            ? turn.text
            : `${turn.text} [shares ${turn.blip_caption}]`,
        id: turn.dia_id,
        createdAt: start + at * MINUTE,
      })),
    });
  }
  return sessions;
}

/** `1:56 pm on 8 May, 2023`, taken as UTC. */
function sessionStart(text: unknown): number {
  if (typeof text !== "string") throw new Error("A session without a date.");
  const found = /^(\d+:\d+) ([ap]m) on (\d+) (\w+), (\d+)$/i.exec(text.trim());
  const time =
    found === null
      ? Number.NaN
      : Date.parse(`${found[3]} ${found[4]} ${found[5]} ${found[1]} ${found[2]} UTC`);
  if (Number.isNaN(time)) throw new Error(`A session date that cannot be read: "${text}".`);
  return time;
}

/** Labels are written by hand: `D1:3`, `D:11:26`, several in one string. */
function turnIds(evidence: readonly string[]): string[] {
  const ids = evidence.flatMap((entry) =>
    [...entry.matchAll(/D:?(\d+):0*(\d+)/g)].map((found) => `D${found[1]}:${found[2]}`),
  );
  return [...new Set(ids)];
}
