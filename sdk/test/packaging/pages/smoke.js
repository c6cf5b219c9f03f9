import { createMemory } from "./sdk/index.js";
import { show } from "./remember.js";

const AXES = [
  ["boat", "yacht"],
  ["dog", "puppy"],
  ["car", "automobile"],
];

const embedder = {
  space: "smoke-1",
  dimensions: AXES.length + 1,
  embed: async (texts) =>
    texts.map((text) => [
      ...AXES.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length),
      0.05,
    ]),
};

/** What any engine has to do: store in a worker, open again, find by words and by meaning, forget. */
async function smoke() {
  const vault = `smoke-${crypto.randomUUID()}`;
  const problems = [];
  const first = createMemory({ vault, embedder });
  first.on("error", (error) => problems.push(error.code));
  const started = performance.now();
  await first.ingest([
    { role: "user", content: "We keep the yacht at the northern pier." },
    { role: "user", content: "Our puppy is afraid of thunder." },
  ]);
  const firstMs = performance.now() - started;
  await first.close();
  const memory = createMemory({ vault, embedder });
  memory.on("error", (error) => problems.push(error.code));
  let stats = await memory.stats();
  for (let tries = 0; tries < 200 && stats.embedding.state !== "ready"; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    stats = await memory.stats();
  }
  const { text } = await memory.prepare("Where do we keep our yacht?");
  const [byMeaning] = await memory.search("boat");
  const report = await memory.forget({ query: "yacht" });
  const found = (await memory.search("yacht pier")).map((hit) => hit.text);
  await memory.destroy();
  return {
    host: stats.host,
    kernel: stats.embedding.index.kernel,
    state: stats.embedding.state,
    byWords: text.includes("northern pier"),
    byMeaning: byMeaning?.text.includes("yacht") ?? false,
    forgotten: report.forgotten.length,
    left: found.filter((one) => one.includes("yacht")),
    firstMs: Math.round(firstMs),
    problems,
  };
}

await show(smoke());
