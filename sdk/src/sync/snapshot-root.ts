import type { Verifier } from "../crypto/verify.ts";
import type { Bytes } from "../wire/bytes.ts";
import { compareDots } from "../wire/dots.ts";
import { liveSetMessage } from "../wire/snapshot.ts";
import type { LiveSet } from "./live-set.ts";

/** What a snapshot says of the rows that were live when it was begun, and every reader comes to by the manifests up to there. */
export function liveRoot(verifier: Pick<Verifier, "sha256">, live: LiveSet): Promise<Bytes> {
  const rows = live.state().rows.toSorted((a, b) => compareDots(a.dot, b.dot));
  return verifier.sha256(liveSetMessage(rows));
}
