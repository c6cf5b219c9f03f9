import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../components/icons.tsx";
import { ImportPanel } from "../components/import-panel.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { formatBytes } from "../components/words.ts";
import { useApp } from "../state/app-state.ts";

/** Memories in from a file and out to a file. */
export function TransferScreen(): JSX.Element {
  const { transfer, notices } = useApp();
  const [versions, setVersions] = useState(true);

  const save = async (): Promise<void> => {
    const blob = await transfer.exportAll({ versions });
    if (blob === null) return;
    const url = URL.createObjectURL(blob);
    const link = document.createElement("a");
    link.href = url;
    link.download = `alcove-${new Date().toISOString().slice(0, 10)}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    notices.tell(`Exported ${formatBytes(blob.size)}`);
  };

  return (
    <div class="screen">
      <ScreenHead
        title="Import & export"
        text="Your memories are a plain text file whenever you want them to be."
      />
      <section class="block">
        <h2>Import a conversation</h2>
        <ImportPanel />
      </section>
      <section class="block">
        <h2>Export everything</h2>
        <p>
          One JSONL file with every memory of this vault. It is not encrypted: keep it where you
          would keep a diary. Keys of providers are never in it.
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={versions}
            onChange={(event) => setVersions(event.currentTarget.checked)}
          />
          <span>With earlier versions</span>
        </label>
        <button
          type="button"
          class="button"
          disabled={transfer.exporting.value}
          onClick={() => void save()}
        >
          <Icon name="download" /> {transfer.exporting.value ? "Exporting…" : "Export"}
        </button>
      </section>
    </div>
  );
}
