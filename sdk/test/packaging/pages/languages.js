import { createMemory } from "./sdk/index.js";
import { show } from "./remember.js";

/** Stores a fact in German and asks for it by another form of its word. */
async function languages() {
  const problems = [];
  const memory = createMemory({ vault: `page-${crypto.randomUUID()}` });
  memory.on("error", (error) => problems.push(error.code));
  const content = "Meine Schwester hat gestern zwei alte Uhren auf dem Flohmarkt gefunden.";
  await memory.ingest([{ role: "user", content }]);
  // A busy machine may be longer about fetching the stemmer than a request waits for it.
  let words = 0;
  for (let tries = 0; tries < 50 && words < 1; tries += 1) {
    if (tries > 0) await new Promise((resolve) => setTimeout(resolve, 100));
    const [hit] = await memory.search("Uhr Flohmärkte");
    words = hit?.signals.words ?? 0;
  }
  await memory.destroy();
  return { words, problems };
}

await show(languages());
