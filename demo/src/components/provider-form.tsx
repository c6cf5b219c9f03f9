import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { KEYED_PROVIDERS, providerEntry, type KeyedProvider } from "../state/provider-list.ts";
import { baseUrlOf, wireOf } from "../state/provider.ts";
import { WIRES } from "../wires/wires.ts";
import { Choices, Segmented } from "./choice.tsx";

/** Which model answers, and the key for it. */
export function ProviderForm(): JSX.Element {
  const { settings } = useApp();
  const provider = settings.provider.value;
  return (
    <div class="stack">
      <Choices
        label="Who answers"
        columns
        value={provider}
        onChange={(value) => (settings.provider.value = value)}
        options={[
          {
            value: "scripted",
            label: "Built-in demo model",
            hint: "No network, no intelligence: it can only quote what stands in the request it gets.",
          },
          ...KEYED_PROVIDERS.map((value) => {
            const { label, hint } = providerEntry(value);
            return { value, label, hint };
          }),
        ]}
      />
      {provider !== "scripted" && <KeyedProviderForm key={provider} provider={provider} />}
    </div>
  );
}

function KeyedProviderForm({ provider }: { readonly provider: KeyedProvider }): JSX.Element {
  const { settings } = useApp();
  const entry = providerEntry(provider);
  return (
    <>
      <label class="field">
        <span>Base URL</span>
        <input
          type="url"
          value={baseUrlOf(settings, provider)}
          placeholder={entry.baseURL}
          spellcheck={false}
          aria-describedby="base-url-hint"
          onChange={(event) =>
            (settings.baseUrls.value = {
              ...settings.baseUrls.value,
              [provider]: event.currentTarget.value,
            })
          }
        />
        <span id="base-url-hint" class="muted small">
          Left empty it is {entry.baseURL}
        </span>
      </label>
      {entry.wires.length > 1 && (
        <Segmented
          label="API"
          value={wireOf(settings, provider)}
          options={entry.wires.map((wire) => ({ value: wire, label: WIRES[wire].label }))}
          onChange={(wire) =>
            (settings.wires.value = { ...settings.wires.value, [provider]: wire })
          }
        />
      )}
      <label class="field">
        <span>Model</span>
        <input
          type="text"
          value={settings.models.value[provider] ?? ""}
          spellcheck={false}
          placeholder={entry.example}
          onChange={(event) =>
            (settings.models.value = {
              ...settings.models.value,
              [provider]: event.currentTarget.value,
            })
          }
        />
      </label>
      <KeyField provider={provider} />
    </>
  );
}

function KeyField({ provider }: { readonly provider: KeyedProvider }): JSX.Element {
  const { keys, notices } = useApp();
  const { label, key } = providerEntry(provider);
  const [draft, setDraft] = useState("");
  const [remember, setRemember] = useState(keys.isRemembered(provider));
  const save = (): void => {
    keys.set(provider, draft.trim(), remember).then(
      () => {
        setDraft("");
        notices.tell(remember ? "Key kept, sealed, on this device" : "Key kept for this session");
      },
      (error: unknown) => notices.tell(`Key not kept: ${explain(error).text}`, { tone: "problem" }),
    );
  };
  const held = keys.of(provider) !== "";
  const needed = key === "needed" ? `Your key of ${label}` : "Only if it asks for one";
  const placeholder = held ? "A key is set; type to replace it" : needed;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() !== "") save();
      }}
    >
      <label class="field">
        <span>API key</span>
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={draft}
          placeholder={placeholder}
          aria-describedby="key-hint"
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
        <span>Remember on this device</span>
      </label>
      <p id="key-hint" class="muted small">
        It is used for this provider only. For this session the key stays in this tab. Remembered,
        it is sealed with a key that this browser holds and never hands out. It is in no vault and
        no export.
      </p>
      <div class="row">
        <button type="submit" class="button" disabled={draft.trim() === ""}>
          Keep key
        </button>
        {held && (
          <button
            type="button"
            class="link"
            onClick={() => void keys.forget(provider).then(() => notices.tell("Key forgotten"))}
          >
            Forget the key
          </button>
        )}
      </div>
    </form>
  );
}
