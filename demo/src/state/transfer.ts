import { signal, type ReadonlySignal } from "@preact/signals";
import type { ImportProgress, ImportReport, Memory } from "@alcove/sdk";
import { explain } from "./explain.ts";
import type { Notices } from "./notices.ts";

export type ImportStep =
  | { readonly step: "choose" }
  | {
      readonly step: "reading" | "importing";
      readonly name: string;
      readonly progress: ImportProgress | null;
    }
  | { readonly step: "review" | "done"; readonly name: string; readonly report: ImportReport }
  | { readonly step: "stopped"; readonly name: string; readonly imported: number }
  | { readonly step: "failed"; readonly name: string; readonly problem: string };

/** Bringing a conversation file in: choose, dry run, review, import, report. */
export interface Transfer {
  readonly importing: ReadonlySignal<ImportStep>;
  readonly exporting: ReadonlySignal<boolean>;
  choose(file: File): Promise<void>;
  /** `trusted`: the file is the person's own backup, so its facts, instructions and pins count. */
  confirm(options: { readonly trusted: boolean }): Promise<void>;
  cancel(): void;
  reset(): void;
  exportAll(options: { readonly versions: boolean }): Promise<Blob | null>;
}

export function createTransfer(memory: Memory, notices: Notices): Transfer {
  const importing = signal<ImportStep>({ step: "choose" });
  const exporting = signal(false);
  let chosen: File | null = null;
  let abort: AbortController | null = null;

  const run = async (file: File, dryRun: boolean, trusted: boolean): Promise<void> => {
    const controller = new AbortController();
    abort = controller;
    const step = dryRun ? "reading" : "importing";
    let latest: ImportProgress | null = null;
    importing.value = { step, name: file.name, progress: null };
    try {
      const report = await memory.import(file, {
        dryRun,
        trusted,
        signal: controller.signal,
        onProgress(progress) {
          latest = progress;
          if (abort === controller) importing.value = { step, name: file.name, progress };
        },
      });
      importing.value = { step: dryRun ? "review" : "done", name: file.name, report };
      notices.announce(
        dryRun
          ? `Read: ${report.imported} new memories. Nothing is stored yet.`
          : `Imported ${report.imported} memories.`,
      );
    } catch (error) {
      if (controller.signal.aborted) {
        const imported = dryRun ? 0 : importedSoFar(latest);
        importing.value = { step: "stopped", name: file.name, imported };
        notices.announce("Import stopped.");
      } else {
        importing.value = { step: "failed", name: file.name, problem: explain(error).text };
        notices.announce("Import failed.");
      }
    } finally {
      if (abort === controller) abort = null;
    }
  };

  return {
    importing,
    exporting,
    async choose(file) {
      chosen = file;
      await run(file, true, false);
    },
    async confirm({ trusted }) {
      if (chosen !== null) await run(chosen, false, trusted);
    },
    cancel() {
      abort?.abort();
    },
    reset() {
      chosen = null;
      importing.value = { step: "choose" };
    },
    async exportAll({ versions }) {
      exporting.value = true;
      try {
        return await memory.export({ versions });
      } catch (error) {
        notices.tell(`Not exported: ${explain(error).text}`, { tone: "problem" });
        return null;
      } finally {
        exporting.value = false;
      }
    },
  };
}

function importedSoFar(progress: ImportProgress | null): number {
  return progress?.imported ?? 0;
}
