import type { Bytes } from "../wire/bytes.ts";
import { encodeCbor } from "./cbor.ts";
import { DAY_MS } from "./days.ts";
import { createFleet, idOf, noteOf, type TestDevice } from "./engine.fixture.ts";
import { rogueMember } from "./rogue-member.fixture.ts";

/** What can happen on a device, to it, or around it. */
export const EVENTS = [
  "write",
  "edit",
  "tag",
  "untag",
  "pin",
  "forget",
  "sync",
  "reopen",
  "lost answer",
  "killed",
  "all sync",
  "clock jump",
  "days pass",
  "remove",
  "remove behind",
  "rotate",
  "reencrypt",
  "reseed",
  "left",
  "unreadable row",
  "unopened row",
  "unopened in place",
  "stolen place",
  "wrong purge",
] as const;
export type HistoryEvent = (typeof EVENTS)[number];

export interface Step {
  readonly what: HistoryEvent;
  readonly device: number;
  readonly n: number;
  readonly ms: number;
}

const DEVICES = 5;
const [ROGUE, FRESH, FIRST_SPARE] = [DEVICES, DEVICES + 1, DEVICES + 2];
/** Identities for devices that leave and come back. */
const SPARES = 4;
const CLOCK_JUMPS = [-400 * DAY_MS, -3 * DAY_MS, -60_000, 60_000, 3 * DAY_MS, 400 * DAY_MS];
const PAUSES = [1, 2, 40, 181];

/** One vault of five devices, a member that writes what it likes, and what became of them. */
export interface History {
  take(step: Step, at: number): Promise<void>;
  /** Every device that is a member syncs until nothing changes. Then all must hold. */
  settle(): Promise<readonly TestDevice[]>;
  /** One that has only the server. */
  fresh(): Promise<TestDevice>;
  /** Written by one that is a member still, and forgotten by nobody. */
  expected(): readonly string[];
  /** Forgotten by one that is a member still. */
  forgotten(): readonly string[];
  /** Copies of what was forgotten whose text their device did not write by an edit: that was forgotten with all else. */
  strayCopies(): Promise<readonly string[]>;
}

export async function createHistory(): Promise<History> {
  const fleet = await createFleet(FIRST_SPARE + SPARES);
  const devices = Array.from({ length: DEVICES }, (_, i) => fleet.device(i));
  /** Under which identity each is a member. */
  const who = devices.map((_, i) => i);
  let spare = FIRST_SPARE;
  const removed = new Set<number>();
  const writtenBy = new Map<string, number>();
  /** Rows of these were taken away by who may not: who has them says them again, unless it reads everything anew just then. */
  const stolen = new Set<string>();
  /** The same, before every member had taken the row in: to who had not, that is forgetting, which a member may. */
  const goneEarly = new Set<string>();
  /** Records of which a row was replaced by one that does not open. */
  const unopened = new Set<string>();
  let readAnew = false;
  /** Texts that a device gave to a memory that was there. */
  const editedOn = new Set<string>();
  const forgottenBy = new Map<string, Set<number>>();
  let rogue = rogueMember(fleet, ROGUE);

  const nameOf = (i: number): number => who[i] ?? i;
  const members = () => devices.flatMap((device, i) => (removed.has(i) ? [] : [{ device, i }]));

  return {
    async take({ what, device: i, n, ms }, at) {
      fleet.clock.ms += ms;
      const device = devices[i];
      if (!device || removed.has(i)) return;
      const now = fleet.clock.ms + device.clock.skewMs;
      const updatedAt = Math.max(now, device.records.get(idOf(n))?.updatedAt ?? 0);
      const id = idOf(n);
      const text = `text of step ${at}`;
      const known = device.records.get(id);
      switch (what) {
        case "write":
          // An id is given once.
          if (writtenBy.has(id)) return;
          writtenBy.set(id, i);
          return device.write(noteOf(n, text, now));
        case "edit":
          editedOn.add(`${i} ${text}`);
          return device.edit(id, { text, textHash: `hash:${text}`, updatedAt });
        case "tag":
          return device.edit(id, {
            tags: [...new Set([...(known?.tags ?? []), `t${ms % 3}`])],
            updatedAt,
          });
        case "untag":
          return device.edit(id, { tags: known?.tags.slice(1) ?? [], updatedAt });
        case "pin":
          return device.edit(id, { pinned: !(known?.pinned ?? false), updatedAt });
        case "forget":
          if (known) forgottenBy.set(id, (forgottenBy.get(id) ?? new Set()).add(i));
          return device.forget(id);
        case "sync":
          return device.engine.now();
        case "reopen":
          devices[i] = device.reopen();
          return;
        case "lost answer":
        case "killed":
          return cut(device, what === "killed" ? "before" : "after", 1 + (ms % 4));
        case "all sync":
          for (const one of members()) await one.device.engine.now();
          return;
        case "clock jump":
          device.clock.skewMs = CLOCK_JUMPS[n % CLOCK_JUMPS.length] ?? 0;
          readAnew ||= device.clock.skewMs > 180 * DAY_MS;
          return;
        case "days pass":
          readAnew ||= PAUSES[n % PAUSES.length] === 181;
          fleet.clock.ms += (PAUSES[n % PAUSES.length] ?? 1) * DAY_MS;
          return;
        case "remove":
          return remove(i);
        case "remove behind":
          readAnew = true;
          return removeBehind(i, n);
        case "rotate":
          return fleet.rotate();
        case "reencrypt":
          await fleet.rotate();
          await device.engine.reencrypt();
          return fleet.raiseFloor();
        case "reseed":
          return reseed(device);
        case "left": {
          if (spare === FIRST_SPARE + SPARES) return;
          // It reads everything anew: what was taken away by who may not is forgotten to it.
          readAnew = true;
          who[i] = spare;
          const back = device.as(spare);
          devices[i] = back;
          spare += 1;
          return back.engine.adopt();
        }
        case "unreadable row":
          await rogue.write({ record: recordOf(900 + at), content: junk(at) });
          return;
        case "unopened row": {
          // Beside a memory, or of a record that there is not.
          const record = ms % 2 === 0 ? recordOf(n) : recordOf(900 + at);
          await rogue.write({ record, content: junk(at), spoil });
          return;
        }
        case "unopened in place": {
          const victim = await anyRow(device, id);
          // Who has the memory says it again once.
          if (victim === undefined || unopened.has(id)) return;
          unopened.add(id);
          await noteTheft(id, victim);
          await rogue.write({
            record: recordOf(n),
            content: junk(at),
            supersedes: [victim],
            spoil,
          });
          return;
        }
        case "stolen place": {
          const victim = await anyRow(device, id);
          if (victim === undefined) return;
          const entry = { record: recordOf(900 + at), content: junk(at), supersedes: [victim] };
          await noteTheft(id, victim);
          await rogue.write(entry);
          return;
        }
        case "wrong purge": {
          const victim = await anyRow(device, id);
          if (victim === undefined) return;
          await noteTheft(id, victim);
          await rogue.purge([victim]);
        }
      }
    },
    async settle() {
      for (let round = 0; round < 3; round += 1)
        for (const { device } of members()) await device.engine.now();
      return members().map(({ device }) => device);
    },
    async fresh() {
      const device = fleet.device(FRESH);
      await device.engine.now();
      return device;
    },
    expected: () =>
      [...writtenBy].flatMap(([id, by]) =>
        removed.has(by) || forgottenBy.has(id) || goneEarly.has(id) || (readAnew && stolen.has(id))
          ? []
          : [id],
      ),
    async strayCopies() {
      const copies = await Promise.all(
        devices.map(async ({ engine }, i) =>
          (await engine.copies()).filter(
            ({ reason, text }) => reason === "forgotten" && !editedOn.has(`${i} ${text}`),
          ),
        ),
      );
      return copies.flat().map(({ text }) => text);
    },
    forgotten: () =>
      [...forgottenBy].flatMap(([id, by]) => ([...by].some((i) => !removed.has(i)) ? [id] : [])),
  };

  /** Its page ends at the call of this number: before it arrived, or before its answer did. */
  async function cut(device: TestDevice, when: "before" | "after", call: number): Promise<void> {
    let calls = 0;
    device.wire[when] = () => {
      calls += 1;
      if (calls >= call) throw new Error("cut");
    };
    await device.engine.now().catch((error: unknown) => {
      if ((error as Error).message !== "cut") throw error;
    });
    delete device.wire[when];
    devices[devices.indexOf(device)] = device.reopen();
  }

  async function noteTheft(id: string, dot: string): Promise<void> {
    stolen.add(id);
    const rows = await Promise.all(members().map(({ device }) => device.store.dots()));
    if (!rows.every((held) => held.some((row) => row.dot === dot))) goneEarly.add(id);
  }

  /** As an honest server lets it be done: the pin is the newest batch that it has. */
  async function remove(i: number): Promise<void> {
    // The first signs the log.
    if (i === 0 || members().length <= 2) return;
    removed.add(i);
    await fleet.revoke(nameOf(i), fleet.server.heads.get(fleet.keyOf(nameOf(i))) ?? null);
  }

  /** As a server can do it that works together with the removed device: one other is shown what nobody else will see. */
  async function removeBehind(i: number, n: number): Promise<void> {
    const device = devices[i];
    const others = members().filter((one) => one.i !== i);
    const witness = others[n % others.length]?.device;
    if (i === 0 || !device || !witness || others.length < 2) return;
    // A batch that it has not sent yet would be shown to nobody else either: that is another lie.
    if ((await witness.store.sealed()) !== null) return;
    const pin = fleet.server.heads.get(fleet.keyOf(nameOf(i))) ?? null;
    const before = fleet.server.copy();
    await device.engine.now();
    await witness.engine.pull();
    Object.assign(fleet.server, before);
    removed.add(i);
    await fleet.revoke(nameOf(i), pin);
  }

  /** The server is wiped, and filled anew from one device. */
  async function reseed(device: TestDevice): Promise<void> {
    Object.assign(fleet.server, { rows: [], heads: new Map(), head: 0 });
    fleet.server.generation += 1;
    fleet.log = await fleet.reseeded(fleet.server.generation);
    rogue = rogueMember(fleet, ROGUE);
    await device.engine.restart();
    await device.engine.now();
  }
}

function recordOf(n: number): string {
  return idOf(n).replaceAll("-", "");
}

/** What no version has ever written. */
function junk(n: number): Uint8Array {
  return encodeCbor({ v: 9, of: n });
}

/** Its tag fits no more. */
function spoil(envelope: Bytes): Bytes {
  return envelope.map((byte, i) => (i === envelope.length - 1 ? byte ^ 1 : byte));
}

/** The dot of a row of a memory, and no tombstone. */
async function anyRow(device: TestDevice, id: string): Promise<string | undefined> {
  const rows = await device.store.dotsOf([id.replaceAll("-", "")]);
  return rows.find(({ tombstone }) => !tombstone)?.dot;
}

/** What every device must show in the same way. */
export function viewOf({ records }: TestDevice): readonly unknown[] {
  return [...records.values()]
    .map((record) => ({ ...record, seq: 0, tags: record.tags.toSorted() }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
