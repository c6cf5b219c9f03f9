import type { RecalledMemory } from "../domain/recall.ts";

/** A memory that stood in the prompt, as Mem0 shows it. */
export interface Mem0Memory {
  readonly id: string;
  readonly memory: string;
  /** 0..1, comparable between calls. */
  readonly score: number;
  readonly user_id: string | null;
  readonly agent_id: string | null;
  readonly run_id: string | null;
  /** ISO. */
  readonly created_at: string;
}

export function asMem0({ id, text, score, scope, createdAt }: RecalledMemory): Mem0Memory {
  return {
    id,
    memory: text,
    score,
    user_id: scope.user ?? null,
    agent_id: scope.agent ?? null,
    run_id: scope.run ?? null,
    created_at: new Date(createdAt).toISOString(),
  };
}
