import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { resolve as resolvePath } from "node:path";
import { parseArgs } from "node:util";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { openBenchPage } from "./bench-page.ts";
import {
  ADVERSARIAL,
  CATEGORIES,
  readConversations,
  type Conversation,
  type Question,
} from "./recall-data.ts";
import { smallTalk } from "./recall-smalltalk.ts";
import { writeReport } from "./report.ts";
import { median } from "./statistics.ts";
import type * as Sdk from "../src/index.ts";

/**
 * Evidence recall: `npm run bench:recall -- --data FILE [--labels FILE] [--budget 1000,2000] [--embedder NAME [--hub URL]] [--json FILE]`.
 *
 * Every conversation of a LoCoMo-format file goes into a vault of its own by the public `ingest`, every question through the public
 * `prepare` and `search`, in a real Chromium on the built SDK. A turn counts as recalled where `sources` names it *and* the injected
 * text holds its words. Tokens are o200k of the exact injected text; one text over its budget fails the bench.
 */
const { values } = parseArgs({
  options: {
    data: { type: "string" },
    labels: { type: "string" },
    budget: { type: "string", default: "1000,2000" },
    embedder: { type: "string", default: "builtin" },
    hub: { type: "string" },
    json: { type: "string" },
  },
});
const file = existing("--data", values.data);
const chosenEmbedder: Sdk.EmbedderOption =
  values.hub === undefined
    ? (values.embedder as Sdk.PresetName)
    : { model: values.embedder as Sdk.PresetName, hub: values.hub };
const labels = values.labels === undefined ? undefined : existing("--labels", values.labels);
const budgetSizes = values.budget.split(",").map(Number);
if (budgetSizes.some((budget) => !Number.isInteger(budget) || budget < 100))
  stop(`--budget takes whole numbers from 100 (got "${values.budget}").`);

interface Asked {
  readonly budgets: readonly { readonly text: string; readonly sources: readonly string[] }[];
  readonly hits: readonly (readonly string[])[];
}

interface Row {
  readonly id: string;
  readonly category: number;
  readonly recalled: readonly number[];
  readonly tokens: readonly number[];
  readonly r10: number;
  readonly ndcg10: number;
}

const data = readConversations(file, labels);
const rows: Row[] = [];
const over: string[] = [];
const perConversation: Record<string, number[]> = {};
let smallTalkTokens: readonly number[] = [];
const bench = await openBenchPage();
try {
  for (const conversation of data) {
    const asked = await bench.page.evaluate(ask, {
      conversation,
      budgets: budgetSizes,
      embedder: chosenEmbedder,
    });
    conversation.questions.forEach((question, at) => {
      const answers = asked[at];
      if (
        answers !== undefined &&
        (question.evidence.length > 0 || question.category === ADVERSARIAL)
      )
        score(conversation, question, answers);
    });
  }
  const texts = await bench.page.evaluate(chat, {
    conversations: data,
    prompts: smallTalk(),
    embedder: chosenEmbedder,
  });
  smallTalkTokens = texts.map((text) => countTokens(text));
} finally {
  await bench.close();
}
report();

function score(conversation: Conversation, question: Question, asked: Asked): void {
  const words = new Map(
    conversation.sessions.flatMap(({ turns }) =>
      turns.map(({ id, content }) => [id, lettersOf(content)] as const),
    ),
  );
  const wanted = new Set(question.evidence);
  const tokens = asked.budgets.map(({ text }) => countTokens(text));
  tokens.forEach((count, at) => {
    if (count > (budgetSizes[at] ?? 0))
      over.push(`${question.id}: ${count} tokens for a budget of ${budgetSizes[at]}`);
  });
  const recalled = asked.budgets.map(({ text, sources }) => {
    const injected = lettersOf(text);
    const shown = new Set(sources);
    return (
      question.evidence.filter((id) => shown.has(id) && injected.includes(words.get(id) ?? "\n"))
        .length / (wanted.size || 1)
    );
  });
  let hits = 0;
  let gain = 0;
  asked.hits.forEach((sources, rank) => {
    if (!sources.some((id) => wanted.has(id))) return;
    hits += 1;
    gain += 1 / Math.log2(rank + 2);
  });
  let ideal = 0;
  for (let rank = 0; rank < Math.min(10, wanted.size); rank += 1) ideal += 1 / Math.log2(rank + 2);
  const row: Row = {
    id: question.id,
    category: question.category,
    recalled,
    tokens,
    r10: hits / (wanted.size || 1),
    ndcg10: ideal === 0 ? 0 : gain / ideal,
  };
  rows.push(row);
  if (question.category !== ADVERSARIAL)
    (perConversation[conversation.id] ??= []).push(recalled[0] ?? 0);
}

function report(): void {
  const judged = rows.filter(({ category }) => category !== ADVERSARIAL);
  const adversarial = rows.filter(({ category }) => category === ADVERSARIAL);
  const results: Record<string, number> = { questions: judged.length };
  budgetSizes.forEach((budget, at) => {
    results[`recall@${budget}`] = mean(judged.map(({ recalled }) => recalled[at] ?? 0));
    results[`all@${budget}`] = mean(judged.map(({ recalled }) => (recalled[at] === 1 ? 1 : 0)));
    results[`tokens@${budget}`] = mean(judged.map(({ tokens }) => tokens[at] ?? 0));
    results[`adversarial.tokens@${budget}`] = mean(
      adversarial.map(({ tokens }) => tokens[at] ?? 0),
    );
  });
  results["r@10"] = mean(judged.map(({ r10 }) => r10));
  results["ndcg@10"] = mean(judged.map(({ ndcg10 }) => ndcg10));
  results["recall.macro"] = mean(Object.values(perConversation).map(mean));
  for (const [number, name] of Object.entries(CATEGORIES)) {
    const group = judged.filter(({ category }) => category === Number(number));
    if (group.length > 0)
      budgetSizes.forEach(
        (budget, at) =>
          (results[`${name}.recall@${budget}`] = mean(
            group.map(({ recalled }) => recalled[at] ?? 0),
          )),
      );
  }
  results["smalltalk.median_tokens"] = median(smallTalkTokens);
  results["smalltalk.mean_tokens"] = mean(smallTalkTokens);
  results["over_budget"] = over.length;
  for (const name of Object.keys(results))
    results[name] = Math.round((results[name] ?? 0) * 10_000) / 10_000;
  const lines = Object.entries(results).map(
    ([name, value]) => `${name.padEnd(32)} ${String(value).padStart(10)}`,
  );
  process.stdout.write(
    `bench:recall   load ${loadavg()
      .map((load) => load.toFixed(2))
      .join(" ")}\n${lines.join("\n")}\n`,
  );
  if (values.json !== undefined) {
    const detail = {
      data: values.data,
      labels: values.labels ?? null,
      embedder: values.embedder,
      budgets: budgetSizes,
      questions: rows,
    };
    writeReport(values.json, {
      bench: "recall",
      results,
      detail,
      browser: `Chromium ${bench.browser.version()}`,
    });
  }
  if (over.length > 0)
    stop(`${over.length} injected texts are over their budget:\n${over.slice(0, 10).join("\n")}`);
}

/** Letters and digits only: escaped marks and joined lines must not hide a text that is there. */
function lettersOf(text: string): string {
  return text.normalize("NFKC").replace(/[^\p{L}\p{N}]/gu, "");
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0
    ? 0
    : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function existing(option: string, path: string | undefined): string {
  if (path === undefined)
    stop(
      `${option} FILE is needed: a conversation file in the LoCoMo format. It is no part of this repository (its licence does not allow that).`,
    );
  const found = resolvePath(process.env["INIT_CWD"] ?? process.cwd(), path);
  if (!existsSync(found)) stop(`${option}: there is no file "${path}".`);
  return found;
}

function stop(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

// The functions below run in the page; they may use nothing from outside but their argument.

async function ask({
  conversation,
  budgets,
  embedder,
}: {
  conversation: Conversation;
  budgets: readonly number[];
  embedder: Sdk.EmbedderOption;
}): Promise<Asked[]> {
  const { createMemory }: typeof Sdk = await import("/sdk/index.js" as string);
  const memory = createMemory({
    vault: `bench-recall-${conversation.id}`,
    embedder,
  });
  for (const { thread, turns } of conversation.sessions)
    await memory.ingest(turns, { scope: { thread } });
  // With a model the figures are its own only once every turn has its vector.
  for (;;) {
    const { embedding } = await memory.stats();
    if (embedding === undefined || embedding.state === "ready") break;
    if (embedding.state === "failed") throw new Error(`No embedder: ${embedding.problem ?? ""}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { now } = conversation;
  const asked: Asked[] = [];
  for (const { text } of conversation.questions) {
    const answers: { text: string; sources: readonly string[] }[] = [];
    for (const budgetTokens of budgets) {
      const recall = await memory.prepare(text, { budgetTokens, now });
      answers.push({
        text: recall.text,
        sources: recall.memories.flatMap(({ sources }) => sources),
      });
    }
    const hits = await memory.search(text, { limit: 10, now });
    asked.push({ budgets: answers, hits: hits.map(({ sources }) => sources) });
  }
  await memory.destroy();
  return asked;
}

/** All conversations in one vault, and prompts that need none of them. */
async function chat({
  conversations,
  prompts,
  embedder,
}: {
  conversations: readonly Conversation[];
  prompts: readonly string[];
  embedder: Sdk.EmbedderOption;
}): Promise<string[]> {
  const { createMemory }: typeof Sdk = await import("/sdk/index.js" as string);
  const memory = createMemory({ vault: "bench-recall-smalltalk", embedder });
  for (const { sessions } of conversations)
    for (const { thread, turns } of sessions) await memory.ingest(turns, { scope: { thread } });
  const texts: string[] = [];
  for (const prompt of prompts) texts.push((await memory.prepare(prompt)).text);
  await memory.destroy();
  return texts;
}
