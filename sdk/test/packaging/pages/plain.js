import { createMemory } from "./sdk/index.js";
import { remember, show } from "./remember.js";

show(remember({ createMemory }));
