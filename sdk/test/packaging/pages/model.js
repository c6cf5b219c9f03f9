import { createMemory } from "./sdk/index.js";
import { show } from "./remember.js";
import { rememberByMeaning } from "./remember-by-meaning.js";

await show(rememberByMeaning({ createMemory, assets: "./alcove/" }));
