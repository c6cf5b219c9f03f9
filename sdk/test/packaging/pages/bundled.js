import { createMemory } from "@alcove/sdk";
import { remember, show } from "./remember.js";

show(remember({ createMemory }));
