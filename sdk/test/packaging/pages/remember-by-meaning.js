/**
 * Stores two facts with a model of the app's own origin, and asks for one of them.
 *
 * @param {{ createMemory: typeof import("@alcove/sdk").createMemory, worker?: () => Worker, assets?: string, hub?: string }} sdk
 */
export async function rememberByMeaning({ createMemory, worker, assets, hub }) {
  const problems = [];
  const memory = createMemory({
    vault: `model-${crypto.randomUUID()}`,
    embedder: hub === undefined ? "minilm" : { model: "minilm", hub },
    ...(assets === undefined ? {} : { assets }),
    ...(worker === undefined ? {} : { worker }),
  });
  memory.on("error", (error) => problems.push(error.code));
  await memory.ingest([
    { role: "user", content: "My mother made a garden by the river." },
    { role: "user", content: "The printer is out of paper again." },
  ]);
  const started = performance.now();
  let embedding = null;
  while (performance.now() - started < 20_000) {
    ({ embedding } = await memory.stats());
    if (embedding?.state === "ready" || embedding?.state === "failed") break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [hit] = await memory.search("the garden of my mother");
  await memory.destroy();
  return {
    state: embedding?.state,
    problem: embedding?.problem,
    space: embedding?.space,
    embedded: embedding?.embedded,
    text: hit?.text,
    meaning: hit?.signals.meaning,
    problems,
  };
}
