import type { JSX } from "preact";
import { Choices } from "../components/choice.tsx";
import { GatewayExchange } from "../components/gateway-exchange.tsx";
import { GatewaySnippet } from "../components/gateway-snippet.tsx";
import { ScreenHead } from "../components/screen-head.tsx";
import { GATEWAY_NAMES, gatewayOf } from "../gateways/gateways.ts";
import { useApp } from "../state/app-state.ts";

const TRIES = [
  "I bake rye bread every Saturday.",
  "My brother Emil is allergic to walnuts.",
  "Which bread do I bake?",
  "What should I not put into a cake for Emil?",
] as const;

/** Code that was written for a hosted memory gateway, at work on this device. */
export function GatewaysScreen(): JSX.Element {
  const { gateways } = useApp();
  const name = gateways.chosen.value;
  const gateway = gatewayOf(name);
  const state = gateways.state.value;
  const sending = state.step === "sending";
  return (
    <div class="screen">
      <ScreenHead
        title="Gateways"
        text="Code written for a hosted memory gateway works with one changed line. The gateway is never contacted."
      />
      <section class="block">
        <Choices
          label="Gateway"
          columns
          value={name}
          onChange={(value) => (gateways.chosen.value = value)}
          options={GATEWAY_NAMES.map((value) => ({
            value,
            label: gatewayOf(value).name,
            hint: gatewayOf(value).hint,
          }))}
        />
      </section>
      <section class="block">
        <h2>The code</h2>
        <GatewaySnippet lines={gateway.snippet(gateways.said.value)} />
        <p>{gateway.note}</p>
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void gateways.send();
          }}
        >
          <label class="field">
            <span>What the app’s user says</span>
            <input
              type="text"
              autocomplete="off"
              value={gateways.said.value}
              onInput={(event) => (gateways.said.value = event.currentTarget.value)}
            />
          </label>
          <div class="row" role="group" aria-label="Something to say">
            {TRIES.map((text) => (
              <button
                key={text}
                type="button"
                class="button button-small try"
                onClick={() => (gateways.said.value = text)}
              >
                {text}
              </button>
            ))}
          </div>
          <div class="row">
            <button
              type="submit"
              class="button button-primary"
              disabled={sending || gateways.said.value.trim() === ""}
            >
              {sending ? "Sending…" : "Send"}
            </button>
          </div>
          <p class="muted small">
            This page runs these very calls with the same client. One thing differs from an app of
            yours: <code>providers</code> also names the address of the built-in demo model, so the
            call stays in this browser. The keys are made up.
          </p>
        </form>
      </section>
      {state.step === "failed" && <p class="problem-line">{state.problem}</p>}
      {state.step === "done" && (
        <GatewayExchange exchange={state.exchange} host={gatewayOf(state.gateway).host} />
      )}
    </div>
  );
}
