import { createMemory } from "@alcove/sdk";
import { createElement, StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { show } from "./remember.js";

const VAULT = `strict-${crypto.randomUUID()}`;
const FACTS = [
  "My sister Noor keeps bees behind her workshop in Tartu.",
  "My brother Ilo repairs clocks above his shop in Riga.",
];
let mounts = 0;
const stored = [];

/** Uses memory as an effect would: made at mount, closed at unmount, whatever is under way. */
function App() {
  useEffect(() => {
    const memory = createMemory({ vault: VAULT });
    stored.push(memory.ingest([{ role: "user", content: FACTS[mounts] }]));
    mounts += 1;
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
  const recall = await memory.prepare("Where does my sister keep her bees?");
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
