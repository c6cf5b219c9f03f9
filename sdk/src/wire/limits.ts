export const PROTOCOL_VERSION = 1;

/** Lengths in bytes. */
export const VAULT_ID_BYTES = 32;
export const DEVICE_ID_BYTES = 16;
export const RECORD_ID_BYTES = 16;
export const STORE_ID_BYTES = 16;
export const MAILBOX_ID_BYTES = 16;
export const KEY_BYTES = 32;
export const HASH_BYTES = 32;
export const NONCE_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const DOT_BYTES = 24;

/** 16 zeros in base64url: as the recipient of a box, the link to the epoch before. */
export const LINK_RECIPIENT = "AAAAAAAAAAAAAAAAAAAAAA";

/** The numbers of the protocol. A server may be set to lower ones where it says so in `meta.info`, never to higher ones. */
export const LIMITS = {
  /** Entries in one push. */
  batchItems: 500,
  /** Bytes of one push, manifest included. */
  pushBytes: 1_048_576,
  /** Ciphertext with its tag. */
  ciphertextBytes: 262_144,
  /** Dots that one entry may take the place of. */
  supersededPerItem: 32,
  /** Tombstones that one manifest may purge. */
  purgedPerManifest: 1_000,
  /** Raw bytes of manifests and entries on one page of a pull. */
  pageBytes: 1_048_576,
  /** Entries of the member log on one page. */
  logPage: 256,
  logEntries: 4_096,
  /** Members at one time. */
  members: 16,
  /** Devices in a vault's life. */
  devices: 255,
  /** Boxes that come with one log entry: members, recovery, the link to the epoch before. */
  boxes: 18,
  blobBytes: 8_388_608,
  blobPartBytes: 1_048_576,
  /** Blobs of one snapshot. */
  snapshotBlobs: 256,
  chunkRows: 128,
  linkMessageBytes: 8_192,
  linkSlots: 4,
  linkLifeMs: 600_000,
  challengeLifeMs: 60_000,
  sessionLifeMs: 900_000,
  ticketLifeMs: 10_000,
  /** Days until a recovery key that one device alone replaced takes effect. */
  recoveryDelayDays: 7,
  /** Envelopes of one device in one epoch: from the first number on a new epoch is asked for, at the second sealing stops. */
  epochEnvelopes: 16_777_216,
  epochEnvelopesHard: 268_435_456,
} as const;

/** What a server allows one vault and one address unless it is set otherwise. */
export const DEFAULT_QUOTAS = {
  vaultBytes: 268_435_456,
  vaultEntries: 200_000,
  snapshotBytes: 268_435_456,
  snapshotsKept: 2,
  pushesPerMinute: 60,
  uploadBytesPerHour: 268_435_456,
  vaultsPerDay: 10,
  liveStreams: 64,
} as const;
