import { WireError } from "../wire/wire-error.ts";

/**
 * When something was written, and by which device: 6 bytes of milliseconds, 2 of a counter, 16 of the deviceId, in hex. Stamps compare as
 * texts, and no two writings have the same one.
 */
export type Stamp = string;

const TIME_CHARS = 16;
const STAMP_CHARS = 48;
const MAX_COUNTER = 0xffff;
const MAX_MS = 2 ** 48 - 1;
/** Stamps of others further ahead than this are merged, but do not move this device's clock. */
const TRUSTED_AHEAD_MS = 86_400_000;

interface Time {
  readonly ms: number;
  readonly counter: number;
}

export interface Clock {
  /** A stamp later than all that this device has given, and than `newest`, the newest one of the record that is edited. */
  next(newest?: Stamp): Stamp;
  /** Takes note of another device's stamp. */
  observe(stamp: Stamp): void;
  /** To be kept, and given to the next clock of this device as `last`. */
  last(): Stamp;
}

export interface ClockDeps {
  /** Hex. */
  readonly deviceId: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly last?: Stamp | undefined;
}

/** A hybrid logical clock (Kulkarni et al. 2014): as near to the wall clock as what was seen allows, and never going back. */
export function createClock({ deviceId, now, last }: ClockDeps): Clock {
  let own: Time = last === undefined ? { ms: 0, counter: 0 } : timeOf(last);
  return {
    next(newest) {
      const given = later(tick(own), { ms: wallClock(), counter: 0 });
      own = given;
      if (newest === undefined) return stampOf(given, deviceId);
      const beyond = tick(timeOf(newest));
      // A record from a clock far ahead is edited beyond its stamp, which must not drag all other records along.
      if (beyond.ms <= wallClock() + TRUSTED_AHEAD_MS) own = later(given, beyond);
      return stampOf(later(given, beyond), deviceId);
    },
    observe(stamp) {
      const time = timeOf(stamp);
      if (time.ms <= wallClock() + TRUSTED_AHEAD_MS) own = later(own, time);
    },
    last: () => stampOf(own, deviceId),
  };

  function wallClock(): number {
    return Math.min(Math.max(0, Math.floor(now())), MAX_MS);
  }
}

/** Milliseconds, for showing. */
export function stampMs(stamp: Stamp): number {
  return timeOf(stamp).ms;
}

/** Hex. */
export function stampDevice(stamp: Stamp): string {
  return stamp.slice(TIME_CHARS);
}

/** The part of a stamp that orders the writings of one device. */
export function stampTime(stamp: Stamp): string {
  return stamp.slice(0, TIME_CHARS);
}

export function isStamp(text: string): boolean {
  return text.length === STAMP_CHARS && /^[\da-f]*$/.test(text);
}

function timeOf(stamp: Stamp): Time {
  if (!isStamp(stamp)) throw new WireError("A stamp is malformed.");
  return {
    ms: Number.parseInt(stamp.slice(0, 12), 16),
    counter: Number.parseInt(stamp.slice(12, TIME_CHARS), 16),
  };
}

function stampOf({ ms, counter }: Time, deviceId: string): Stamp {
  return ms.toString(16).padStart(12, "0") + counter.toString(16).padStart(4, "0") + deviceId;
}

function tick({ ms, counter }: Time): Time {
  if (counter < MAX_COUNTER) return { ms, counter: counter + 1 };
  if (ms >= MAX_MS) throw new WireError("A stamp is at the end of time.");
  return { ms: ms + 1, counter: 0 };
}

function later(a: Time, b: Time): Time {
  return a.ms > b.ms || (a.ms === b.ms && a.counter >= b.counter) ? a : b;
}
