import { createMemory } from "@alcove/sdk";
import { remember, show } from "./remember.js";

await show(remember({ createMemory }));
