/** What undoes faults, and what is done once a day at the most. */
export { discardCopies, keepCopies, listCopies } from "./copies.ts";
export { readAgain } from "./read-again.ts";
export { beginReread, endReread, noteRead, takeUp, undoRemoved } from "./reread.ts";
export {
  mergeApart,
  requeueBelow,
  saidAgain,
  sayOnce,
  setAside,
  withoutForgotten,
  writersOf,
} from "./set-aside.ts";
export { tidy } from "./tidy.ts";
