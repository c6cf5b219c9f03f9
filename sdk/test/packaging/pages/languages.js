import { createMemory } from "./sdk/index.js";
import { show } from "./remember.js";

/** Stores a fact in German and asks for it by another form of its word. */
async function languages() {
  const problems = [];
  const memory = createMemory({ vault: `page-${crypto.randomUUID()}` });
  memory.on("error", (error) => problems.push(error.code));
  const content = "Meine Schwester hat gestern zwei alte Uhren auf dem Flohmarkt gefunden.";
  await memory.ingest([{ role: "user", content }]);
  const [hit] = await memory.search("Uhr Flohmärkte");
  await memory.destroy();
  return { words: hit?.signals.words ?? 0, problems };
}

await show(languages());
