import { createExactVectorIndex } from "./exact-vector-index.ts";
import { vectorIndexContract } from "./vector-index.contract.ts";

vectorIndexContract("the exact index", createExactVectorIndex);
