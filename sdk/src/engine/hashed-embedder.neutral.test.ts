import { embedderContract } from "./embedder.contract.ts";
import { createHashedEmbedder } from "./hashed-embedder.ts";

embedderContract("the hashed embedder", () => createHashedEmbedder());
