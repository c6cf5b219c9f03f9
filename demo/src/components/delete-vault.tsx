import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { deleteVault, listVaults, type VaultInfo } from "@alcove/sdk";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { TWIN_VAULTS } from "../state/twin-vaults.ts";
import { Dialog } from "./dialog.tsx";

const PHRASE = "delete everything";

/** Deletes this vault, the provider keys and the choices made on this page. */
export function DeleteEverything(): JSX.Element {
  const { memory, gateways, keys, notices, devices } = useApp();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);

  const run = async (): Promise<void> => {
    try {
      await gateways.forget();
      await Promise.all(TWIN_VAULTS.map((name) => deleteVault(name)));
      await memory.destroy();
      await keys.forgetAll();
      localStorage.clear();
      sessionStorage.clear();
      location.hash = "#/chat";
      location.reload();
    } catch (error) {
      setProblem(explain(error).text);
      notices.announce("Not deleted.");
    }
  };
  return (
    <>
      <button type="button" class="button button-danger" onClick={() => setAsking(true)}>
        Delete everything…
      </button>
      {asking && (
        <Dialog title="Delete everything?" onClose={() => setAsking(false)}>
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault();
              if (typed.trim().toLowerCase() === PHRASE) void run();
            }}
          >
            <p>
              Every memory, every version and the index of this vault, what was tried under Gateways
              and on the two devices, your provider keys and your settings.{" "}
              {devices.isOn.value
                ? "Your other devices and the sync server keep theirs: turn sync off first, under Devices, to delete the vault there too."
                : "Unless you shared or exported it, there is no copy anywhere else."}{" "}
              There is no undo. Export first if you may want it back.
            </p>
            <label class="field">
              <span>
                Type <strong>{PHRASE}</strong>
              </span>
              <input
                type="text"
                autocomplete="off"
                spellcheck={false}
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            </label>
            {problem !== null && (
              <p class="problem-line" role="alert">
                {problem}
              </p>
            )}
            <div class="row row-end">
              <button type="button" class="button" onClick={() => setAsking(false)}>
                Keep it
              </button>
              <button
                type="submit"
                class="button button-danger"
                disabled={typed.trim().toLowerCase() !== PHRASE}
              >
                Delete everything
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}

/** All vaults of this site in this browser, with a way to delete those that this page does not use. */
export function Vaults({ current }: { readonly current: string }): JSX.Element {
  const { notices } = useApp();
  const [vaults, setVaults] = useState<readonly VaultInfo[]>([]);
  const [leaving, setLeaving] = useState<string | null>(null);
  const read = (): void => {
    listVaults().then(setVaults, (error: unknown) =>
      notices.tell(explain(error).text, { tone: "problem" }),
    );
  };
  useEffect(read, []);
  return (
    <>
      <ul class="vaults">
        {vaults.map((vault) => (
          <li key={vault.name}>
            <span>{vault.name}</span>
            {vault.name === current ? (
              <span class="muted">in use by this page</span>
            ) : (
              <button type="button" class="link" onClick={() => setLeaving(vault.name)}>
                Delete
              </button>
            )}
          </li>
        ))}
      </ul>
      {leaving !== null && (
        <Dialog title={`Delete the vault “${leaving}”?`} onClose={() => setLeaving(null)}>
          <p>
            All memories in it are gone from this browser for good. Devices that share it keep
            theirs.
          </p>
          <div class="row row-end">
            <button type="button" class="button" onClick={() => setLeaving(null)}>
              Keep it
            </button>
            <button
              type="button"
              class="button button-danger"
              onClick={() => {
                deleteVault(leaving).then(
                  () => {
                    setLeaving(null);
                    read();
                  },
                  (error: unknown) =>
                    notices.tell(`Not deleted: ${explain(error).text}`, { tone: "problem" }),
                );
              }}
            >
              Delete
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
