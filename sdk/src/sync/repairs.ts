/** What seldom happens: it is loaded when it does, as a chunk of its own. */
export { discardCopies, keepCopies, listCopies } from "./copies.ts";
export { readAgain } from "./read-again.ts";
export { beginReread, endReread, noteRead, undoRemoved } from "./reread.ts";
export { mergeApart, saidAgain, setAside } from "./set-aside.ts";
export { tidy } from "./tidy.ts";
