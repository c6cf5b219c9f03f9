import type { Generated } from "kysely";

/**
 * The tables, the same for both databases. `k` are row numbers of this database and never leave it. Entries are found by
 * (vault, seq) and (device, dev_seq) over a plain row layout: small indexes on numbers, not a table ordered by random ids, which is
 * several times slower to write.
 *
 * There are no times finer than a day, with one exception: a mailbox, which lives for ten minutes and is removed, notes the minute.
 */
export interface Tables {
  store: StoreTable;
  vault: VaultTable;
  device: DeviceTable;
  member_log: MemberLogTable;
  epoch_box: EpochBoxTable;
  entry: EntryTable;
  manifest: ManifestTable;
  blob: BlobTable;
  blob_part: BlobPartTable;
  snapshot: SnapshotTable;
  snapshot_blob: SnapshotBlobTable;
  mailbox: MailboxTable;
  mail: MailTable;
  access: AccessTable;
  spent: SpentTable;
}

interface StoreTable {
  id: number;
  store_id: Uint8Array;
  secret: Uint8Array;
}

interface VaultTable {
  k: Generated<number>;
  id: Uint8Array;
  /** Last seq given out. Counted per vault under the row's lock, so that seqs appear in the order in which they commit. */
  head: number;
  bytes: number;
  entries: number;
  blob_bytes: number;
  epoch: number;
  generation: number;
  min_epoch: number;
  min_suite: number;
  recovery_pk: Uint8Array;
  next_recovery_pk: Uint8Array | null;
  next_recovery_day: number | null;
  log_len: number;
  log_hash: Uint8Array;
  created_day: number;
}

interface DeviceTable {
  k: Generated<number>;
  vault_k: number;
  id: Uint8Array;
  sign_pk: Uint8Array;
  seal_pk: Uint8Array;
  added_at: number;
  revoked: number;
  last_batch_no: number;
  last_batch_hash: Uint8Array;
  last_dev_seq: number;
  last_log_len: number;
  ack_seq: number;
  seen_day: number;
}

interface MemberLogTable {
  k: Generated<number>;
  vault_k: number;
  idx: number;
  body: Uint8Array;
  hash: Uint8Array;
  epoch: number;
  generation: number;
  seen_day: number | null;
}

interface EpochBoxTable {
  k: Generated<number>;
  vault_k: number;
  epoch: number;
  recipient: Uint8Array;
  box: Uint8Array;
}

interface EntryTable {
  k: Generated<number>;
  vault_k: number;
  seq: number;
  device_k: number;
  dev_seq: number;
  record: Uint8Array;
  epoch: number;
  size: number;
  env: Uint8Array;
}

interface ManifestTable {
  k: Generated<number>;
  vault_k: number;
  seq: number;
  device_k: number;
  batch_no: number;
  hash: Uint8Array;
  size: number;
  body: Uint8Array;
  /** What was answered: `head` and the number of entries. A lost answer is given again from here. */
  head: number;
  accepted: number;
}

interface BlobTable {
  k: Generated<number>;
  vault_k: number;
  hash: Uint8Array;
  size: number;
  received: number;
  committed: number;
  day: number;
}

interface BlobPartTable {
  k: Generated<number>;
  blob_k: number;
  start: number;
  size: number;
  bytes: Uint8Array;
}

interface SnapshotTable {
  k: Generated<number>;
  vault_k: number;
  seq: number;
  manifest: Uint8Array;
}

interface SnapshotBlobTable {
  k: Generated<number>;
  snapshot_k: number;
  blob_k: number;
}

interface MailboxTable {
  k: Generated<number>;
  id: Uint8Array;
  code_hash: Uint8Array | null;
  check_hash: Uint8Array | null;
  tries: number;
  claimed: number;
  ends_minute: number;
}

interface MailTable {
  k: Generated<number>;
  mailbox_k: number;
  slot: number;
  body: Uint8Array;
}

/** Sessions and tickets by hash; the exact end of each is inside the token, where only its holder sees it. */
interface AccessTable {
  k: Generated<number>;
  hash: Uint8Array;
  ticket: number;
  vault_k: number;
  /** Null for one who proved the recovery key. */
  device_k: number | null;
  day: number;
}

/** Challenges that were answered: none counts twice. */
interface SpentTable {
  k: Generated<number>;
  hash: Uint8Array;
  day: number;
}
