import "@fontsource-variable/hanken-grotesk";
import "@fontsource-variable/literata";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/marks.css";
import "./styles/layout.css";
import "./styles/chat.css";
import "./styles/trace.css";
import "./styles/memories.css";
import "./styles/panels.css";
import "./styles/benchmark.css";
import "./styles/devices.css";
import "./styles/twins.css";
import "./styles/gateways.css";
import { render } from "preact";
import { Page } from "./app.tsx";
import { createPageMemory } from "./memory-client.ts";
import { startScriptedProvider } from "./scripted-provider/start-scripted-provider.ts";
import { AppProvider, createApp } from "./state/app-state.ts";
import { applyTheme } from "./state/theme.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no place for the app.");

const app = createApp(createPageMemory, window);
applyTheme(app.settings, document.documentElement);
// Started early, so that the first message need not wait; a failure is told when a message needs it.
startScriptedProvider().catch(() => undefined);
app.keys.load().catch(() =>
  app.notices.tell("A remembered provider key could not be read. Enter it again in Settings.", {
    tone: "problem",
  }),
);
void app.forgetting.finishEarlier();
render(
  <AppProvider value={app}>
    <Page />
  </AppProvider>,
  root,
);
