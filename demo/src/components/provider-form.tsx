import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import { explain } from "../state/explain.ts";
import { Choices } from "./choice.tsx";

/** Which model answers, and the key for it. */
export function ProviderForm(): JSX.Element {
  const { settings } = useApp();
  const provider = settings.provider.value;
  return (
    <div class="stack">
      <Choices
        label="Who answers"
        value={provider}
        onChange={(value) => (settings.provider.value = value)}
        options={[
          {
            value: "scripted",
            label: "Built-in demo model",
            hint: "No network, no intelligence: it can only quote what stands in the request it gets.",
          },
          {
            value: "openai",
            label: "OpenAI",
            hint: "With your own key, straight from this browser.",
          },
          {
            value: "compatible",
            label: "Any OpenAI-compatible address",
            hint: "A model on your own machine, a router, another provider.",
          },
        ]}
      />
      {provider === "compatible" && (
        <label class="field">
          <span>Base URL</span>
          <input
            type="url"
            value={settings.baseUrl.value}
            spellcheck={false}
            onChange={(event) => (settings.baseUrl.value = event.currentTarget.value)}
          />
        </label>
      )}
      {provider !== "scripted" && (
        <>
          <label class="field">
            <span>Model</span>
            <input
              type="text"
              value={settings.model.value}
              spellcheck={false}
              placeholder="the name your provider gives it"
              onChange={(event) => (settings.model.value = event.currentTarget.value)}
            />
          </label>
          <KeyField />
        </>
      )}
    </div>
  );
}

function KeyField(): JSX.Element {
  const { key, notices } = useApp();
  const [draft, setDraft] = useState("");
  const [remember, setRemember] = useState(key.remembered.value);
  const save = (): void => {
    key.set(draft.trim(), remember).then(
      () => {
        setDraft("");
        notices.tell(remember ? "Key kept, sealed, on this device" : "Key kept for this session");
      },
      (error: unknown) => notices.tell(`Key not kept: ${explain(error).text}`, { tone: "problem" }),
    );
  };
  const held = key.value.value !== "";
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
          placeholder={held ? "A key is set; type to replace it" : ""}
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
        For this session the key stays in this tab. Remembered, it is sealed with a key that this
        browser holds and never hands out. It is in no vault and no export.
      </p>
      <div class="row">
        <button type="submit" class="button" disabled={draft.trim() === ""}>
          Keep key
        </button>
        {held && (
          <button
            type="button"
            class="link"
            onClick={() => void key.forget().then(() => notices.tell("Key forgotten"))}
          >
            Forget the key
          </button>
        )}
      </div>
    </form>
  );
}
