import type { JSX } from "preact";
import { Choices, Segmented } from "../components/choice.tsx";
import { EmbedderForm } from "../components/embedder-form.tsx";
import { ProviderForm } from "../components/provider-form.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { formatNumber } from "../components/words.ts";
import { useApp } from "../state/app-state.ts";
import { BUDGET } from "../state/settings.ts";

/** What the person can choose. */
export function SettingsScreen(): JSX.Element {
  const { settings } = useApp();
  return (
    <div class="screen">
      <ScreenHead title="Settings" text="Kept in this browser." />
      <section class="block">
        <h2>Model</h2>
        <ProviderForm />
      </section>
      <section class="block">
        <h2>Memory</h2>
        <Choices
          label="Remember what is said"
          value={settings.capture.value}
          onChange={(value) => (settings.capture.value = value)}
          options={[
            {
              value: "auto",
              label: "Auto",
              hint: "Everything you say in a chat is kept, and can be edited or forgotten.",
            },
            { value: "ask", label: "Ask", hint: "After each answer you decide." },
            {
              value: "off",
              label: "Off",
              hint: "What is remembered already is still used; nothing is added.",
            },
          ]}
        />
        <div class="field">
          <label for="budget">Token budget</label>
          <span class="range">
            <input
              id="budget"
              type="range"
              min={BUDGET.least}
              max={BUDGET.most}
              step={BUDGET.step}
              value={settings.budgetTokens.value}
              onInput={(event) => (settings.budgetTokens.value = event.currentTarget.valueAsNumber)}
            />
            <output for="budget" class="figure">
              {formatNumber(settings.budgetTokens.value)}
            </output>
          </span>
          <span class="muted small">
            The most that memory may add to one prompt. Zero adds nothing.
          </span>
        </div>
        <Choices
          label="What to recall"
          value={settings.strategy.value}
          onChange={(value) => (settings.strategy.value = value)}
          options={[
            {
              value: "full",
              label: "Profile and this turn",
              hint: "What always matters, and what this question calls for.",
            },
            {
              value: "profile",
              label: "Profile only",
              hint: "Health, diet and confirmed instructions; the same in every call.",
            },
            { value: "query", label: "This turn only", hint: "Only what this question calls for." },
          ]}
        />
        <Choices
          label="Where it stands in the prompt"
          value={settings.placement.value}
          onChange={(value) => (settings.placement.value = value)}
          options={[
            {
              value: "split",
              label: "Split",
              hint: "The profile at the end of the system text, the rest beside your message. Keeps the provider’s prompt cache.",
            },
            {
              value: "user-only",
              label: "Beside your message",
              hint: "All of it beside your last message; the system text stays untouched.",
            },
          ]}
        />
      </section>
      <section class="block">
        <h2>Finding memories</h2>
        <EmbedderForm />
      </section>
      <section class="block">
        <h2>Look</h2>
        <Segmented
          label="Theme"
          value={settings.theme.value}
          onChange={(value) => (settings.theme.value = value)}
          options={[
            { value: "system", label: "As the device" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
        />
        <p class="small">
          <a href="./licences.txt">Licences of what this page is made of</a>
        </p>
      </section>
    </div>
  );
}
