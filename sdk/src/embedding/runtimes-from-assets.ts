import { MemoryError } from "../domain/errors.ts";
import { below } from "./model-files.ts";
import type { RuntimeName, TextModelRuntime } from "./text-model.ts";

/**
 * `runtimes.ts` for a worker that is one string and has no chunks beside it: they come from `assets`.
 *
 * @throws {@link MemoryError} `embedder/not-found` - `assets` is not named, or has no such file.
 */
export async function importRuntime(
  name: RuntimeName,
  assets: string | null,
): Promise<TextModelRuntime> {
  const file = `${name}-runtime.js`;
  const help = `Write it with \`npx -p @alcove/sdk alcove assets DIR\` and name where DIR is served in \`assets\`.`;
  if (assets === null)
    throw new MemoryError(
      "embedder/not-found",
      `The inline worker brings no code for models. ${help}`,
      { details: { file } },
    );
  const url = below(assets, file);
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as TextModelRuntime;
  } catch (cause) {
    throw new MemoryError("embedder/not-found", `${url} could not be loaded. ${help}`, {
      cause,
      details: { file },
    });
  }
}
