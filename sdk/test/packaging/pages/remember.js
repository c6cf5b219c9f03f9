/**
 * What every page of these tests does with the package: stores a fact, asks for it, and leaves what it found for the test.
 *
 * @param {{ createMemory: typeof import("@alcove/sdk").createMemory, worker?: () => Worker }} sdk
 */
export async function remember({ createMemory, worker }) {
  const problems = [];
  const memory = createMemory({
    vault: `page-${crypto.randomUUID()}`,
    ...(worker === undefined ? {} : { worker }),
  });
  memory.on("error", (error) => problems.push(error.code));
  await memory.ingest([
    { role: "user", content: "My sister Noor keeps bees behind her workshop in Tartu." },
  ]);
  const recall = await memory.prepare("Where does my sister keep her bees?");
  await memory.destroy();
  return { text: recall.text, tokens: recall.tokens, problems };
}

/** @param {Promise<unknown>} outcome */
export function show(outcome) {
  outcome.then(
    (value) => Object.assign(globalThis, { outcome: value }),
    (error) => Object.assign(globalThis, { outcome: { error: `${error.code ?? ""} ${error}` } }),
  );
}
