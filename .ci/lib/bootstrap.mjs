import { ensureDependencies } from "./dependencies.mjs";
import { checkStartingNode, continueOnPinnedNode } from "./pinned-node.mjs";
import { exitWith } from "./stop.mjs";

/**
 * Runs a script of this folder on any machine: checks Node, installs what is missing, goes on in the pinned Node. What a script
 * needs beyond this file it imports inside `main`, because nothing is installed before.
 *
 * @param {() => Promise<number>} main Gives the exit code.
 */
export function bootstrap(main) {
  return exitWith(async () => {
    checkStartingNode();
    await ensureDependencies();
    await continueOnPinnedNode();
    return main();
  });
}
