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

/**
 * Leaves what came out in the document, where a test finds it under any content security policy.
 *
 * @param {Promise<unknown>} outcome
 */
export async function show(outcome) {
  const value = await outcome.catch((error) => ({ error: `${error.code ?? ""} ${error}` }));
  document.body.dataset.outcome = JSON.stringify(value);
}
