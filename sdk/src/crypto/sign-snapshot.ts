import type { Bytes } from "../wire/bytes.ts";
import {
  encodeSnapshotBody,
  joinSnapshot,
  snapshotMessage,
  type SnapshotBody,
} from "../wire/snapshot.ts";
import type { KeyPair } from "./curves.ts";
import type { Suite } from "./suite.ts";

export async function signSnapshot(
  suite: Suite,
  key: KeyPair,
  snapshot: SnapshotBody,
): Promise<Bytes> {
  const body = encodeSnapshotBody(snapshot);
  return joinSnapshot(body, await suite.curves.sign(key, snapshotMessage(body)));
}
