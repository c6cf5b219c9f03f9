import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useApp } from "../state/app-state.ts";
import type { TwinStage, Twins } from "../state/twins.ts";
import { StepHead } from "./step-head.tsx";
import { SyncProblem } from "./sync-problem.tsx";

/** Before the two devices share a vault: what it is, and the linking as it happens. */
export function TwinStart(props: {
  readonly twins: Twins;
  readonly stage: TwinStage;
}): JSX.Element {
  const { stage, twins } = props;
  if (stage.at === "opening" || stage.at === "ending")
    return <p class="muted">{stage.at === "opening" ? "Opening…" : "Taking both away…"}</p>;
  if (stage.at === "founding")
    return (
      <div class="panel">
        <StepHead>The laptop makes keys and puts a vault on the server…</StepHead>
      </div>
    );
  if (stage.at === "linking") return <Linking twins={twins} stage={stage} />;
  return <Begin twins={twins} error={stage.at === "failed" ? stage.error : null} />;
}

function Begin({ twins, error }: { readonly twins: Twins; readonly error: unknown }): JSX.Element {
  const { devices } = useApp();
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void twins.begin(devices.server.value.trim());
      }}
    >
      <p>
        A laptop and a phone, as this page plays them: two vaults in this browser, each with keys, a
        worker and a network of its own. They are linked as two real devices are, through the sync
        server, and are apart from your own memories.
      </p>
      <label class="field">
        <span>Sync server</span>
        <input
          type="url"
          spellcheck={false}
          required
          value={devices.server.value}
          onChange={(event) => (devices.server.value = event.currentTarget.value)}
        />
      </label>
      <SyncProblem error={error} />
      <button type="submit" class="button button-primary">
        {error === null ? "Set up both devices" : "Try again"}
      </button>
    </form>
  );
}

function Linking({
  twins,
  stage,
}: {
  readonly twins: Twins;
  readonly stage: Extract<TwinStage, { at: "linking" }>;
}): JSX.Element {
  const [typed, setTyped] = useState("");
  const { code, digits, letting } = stage;
  return (
    <div class="link-stage">
      <section class="panel" aria-labelledby="link-laptop">
        <h2 id="link-laptop">Laptop</h2>
        <p>
          {digits === null ? (
            <>Was given the code and looks for who shows it…</>
          ) : (
            <>Was given the code {code}, and found who shows it.</>
          )}
        </p>
        {digits !== null && (
          <form
            class="form"
            onSubmit={(event) => {
              event.preventDefault();
              void twins.letIn(typed.replaceAll(/\D/gu, ""));
            }}
          >
            <label class="field">
              <span>Digits that the phone shows</span>
              <input
                type="text"
                inputmode="numeric"
                autocomplete="off"
                required
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
              />
            </label>
            <p>
              <button type="button" class="link" onClick={() => setTyped(digits)}>
                Type them for me
              </button>
            </p>
            <div class="row">
              <button type="submit" class="button button-primary" disabled={letting}>
                {letting ? "Letting it in…" : "Let it in"}
              </button>
              <button
                type="button"
                class="button"
                disabled={letting}
                onClick={() => void twins.refuse()}
              >
                Refuse
              </button>
            </div>
          </form>
        )}
      </section>
      <section class="panel" aria-labelledby="link-phone">
        <h2 id="link-phone">Phone</h2>
        {digits === null ? (
          <>
            <StepHead>Shows this code</StepHead>
            <p class="code" translate={false}>
              {code}
            </p>
          </>
        ) : (
          <>
            <StepHead key="digits">Shows these digits</StepHead>
            <p class="code" translate={false} data-link-digits>
              {digits}
            </p>
            <p class="muted small">
              Both devices made them from their keys. They prove that nobody, not even the server,
              stands between the two; wrong ones end the link.
            </p>
          </>
        )}
      </section>
    </div>
  );
}
