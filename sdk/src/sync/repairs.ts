/** What seldom happens: it is loaded when it does, as a chunk of its own. */
export { readAgain } from "./read-again.ts";
export { mergeApart, saidAgain, setAside } from "./set-aside.ts";
