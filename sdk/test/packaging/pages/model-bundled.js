import { createMemory } from "@alcove/sdk";
import { show } from "./remember.js";
import { rememberByMeaning } from "./remember-by-meaning.js";

// A hub of the app's own; what runs the model is what the bundler made of the package.
await show(rememberByMeaning({ createMemory, hub: "./hub/" }));
