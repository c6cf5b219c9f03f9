import { createMemory } from "./sdk/index.js";
import { inlineWorker } from "./sdk/inline.js";
import { remember, show } from "./remember.js";

await show(remember({ createMemory, worker: inlineWorker }));
