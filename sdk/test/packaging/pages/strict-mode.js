import { createMemory } from "@alcove/sdk";
import { createElement, StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { show } from "./remember.js";

const VAULT = `strict-${crypto.randomUUID()}`;
let mounts = 0;
const stored = [];

/** Uses memory as an effect would: made at mount, closed at unmount, whatever is under way. */
function App() {
  useEffect(() => {
    mounts += 1;
    const memory = createMemory({ vault: VAULT });
    stored.push(
      memory.ingest([{ role: "user", content: `Mount ${mounts} planted a quince tree.` }]),
    );
    return () => void memory.close();
  }, []);
  return null;
}

async function whatIsLeft() {
  // StrictMode unmounts and mounts again before this microtask ends.
  await new Promise((resolve) => setTimeout(resolve, 0));
  const settled = await Promise.allSettled(stored);
  const memory = createMemory({ vault: VAULT });
  const { records } = await memory.list();
  const recall = await memory.prepare("Who planted the quince tree?");
  return {
    mounts,
    ingests: settled.map(({ status, reason }) => reason?.code ?? status),
    texts: records.map(({ text }) => text).toSorted(),
    recalled: recall.text,
  };
}

createRoot(document.getElementById("app")).render(
  createElement(StrictMode, null, createElement(App)),
);
setTimeout(() => void show(whatIsLeft()), 100);
