import { createMemory } from "./sdk/index.js";
import { remember, show } from "./remember.js";

await show(remember({ createMemory }));
