import { registerHooks } from "node:module";

/** Loaded with `--import` by the programs that tests start: they run the wire's sources, as the tests themselves do. */
const WIRE = new URL("../../../sdk/src/wire.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@alcove/sdk/wire"
      ? { url: WIRE, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
});
