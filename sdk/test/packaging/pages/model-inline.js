import { createMemory } from "./sdk/index.js";
import { inlineWorker } from "./sdk/inline.js";
import { show } from "./remember.js";
import { rememberByMeaning } from "./remember-by-meaning.js";

await show(rememberByMeaning({ createMemory, worker: inlineWorker, assets: "./alcove/" }));
