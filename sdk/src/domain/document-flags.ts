/** Bits of an indexed document that never change. They stand in stored segments: values may be added, not changed. */
export const FLAG = {
  user: 1,
  assistant: 2,
  turn: 4,
  note: 8,
  derived: 16,
  ownWords: 32,
  question: 64,
  timeWord: 128,
  repeats: 256,
  tells: 512,
} as const;

/** Bits of an indexed document that marks change. `dead`: forgotten, edited away, or its row is gone. */
export const STATE = { live: 1, pinned: 2, superseded: 4, dead: 8 } as const;
