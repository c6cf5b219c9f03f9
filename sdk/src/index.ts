export { createMemory } from "./memory.ts";
export type { Memory, ScopedMemory } from "./memory.ts";
export { observe } from "./observe.ts";
export { observationBlock } from "./text/observation-block.ts";
export type {
  DrawLines,
  DrawnLine,
  ObservationPriority,
  ObservationReport,
  ObserveOptions,
  ThreadObservations,
} from "./domain/observation.ts";
export { deleteVault, listVaults } from "./vault/catalog.ts";
export { ERROR_CODES, isMemoryError, MemoryError } from "./domain/errors.ts";
export type { MemoryErrorCode, MemoryErrorOptions } from "./domain/errors.ts";
export type {
  Logger,
  MemoryOptions,
  ProviderOptions,
  RecallSettings,
  RequestOptions,
} from "./options.ts";
export type { CaptureMode } from "./intercept/fetch-settings.ts";
export type { Mode } from "./domain/mode.ts";
export type { ChatMessage, ChatRole, ContentPart, Turn } from "./domain/chat.ts";
export type { MemoryEvents } from "./domain/events.ts";
export type {
  ExportOptions,
  ImportOptions,
  ImportProgress,
  ImportReport,
  IngestOptions,
  IngestReport,
} from "./domain/ingest.ts";
export type { Json } from "./domain/json.ts";
export type {
  ForgetOptions,
  ForgetReport,
  ForgetTarget,
  MemoryFilter,
  MemoryKind,
  MemoryOrigin,
  MemoryPatch,
  MemoryRecord,
  MemoryVersion,
  NewMemory,
  Page,
} from "./domain/memory-record.ts";
export type {
  Placement,
  Recall,
  RecalledMemory,
  RecallOptions,
  SearchHit,
  SearchOptions,
  Signals,
  SkipReason,
  Strategy,
  Timings,
} from "./domain/recall.ts";
export type { Scope } from "./domain/scope.ts";
export type { Slot } from "./domain/slots.ts";
export type { EmbedOptions, Embedder } from "./domain/embedder.ts";
export type { EmbeddingStats, VaultInfo, VaultStats } from "./domain/stats.ts";
export type { EmbedderOption, ModelChoice } from "./embedder-option.ts";
export { PRESETS } from "./embedding/presets.ts";
export type { EmbeddingPreset, PresetName } from "./embedding/presets.ts";
export type { Trace } from "./domain/trace.ts";
export type { SyncCopy, SyncDevice, SyncProgress, SyncStatus } from "./domain/sync-status.ts";
export type { LinkApproval, LinkRequest, Sync } from "./sync.ts";
