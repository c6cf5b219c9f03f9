import { parseArgs } from "node:util";
import { isPresetName, PRESETS, type EmbeddingPreset } from "../embedding/presets.ts";

export const DEFAULT_HUB = "https://huggingface.co/";

export type Command =
  | { readonly name: "help" }
  | { readonly name: "models" }
  | {
      readonly name: "assets";
      readonly folder: string;
      readonly presets: readonly EmbeddingPreset[];
      readonly hub: string;
      readonly revision: string | null;
      readonly webgpu: boolean;
    }
  | {
      readonly name: "verify";
      readonly preset: EmbeddingPreset;
      /** Where the model is, or is put; `null` for a folder of the system's own. */
      readonly folder: string | null;
      readonly hub: string;
      readonly revision: string | null;
    };

/** A fault of whoever called: told in one line, with no stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}

export const HELP = `Usage
  alcove assets DIR [--model NAME]... [--revision REV] [--hub URL] [--webgpu]
      Copies what runs models to DIR, and with --model the files of each model at its pinned commit, with checksums.
      Serve DIR from your own origin and name its URL: createMemory({ embedder: "NAME", assets: "/dir/" }).
      A load that was cut off goes on where it stopped. Only --model asks a hub for anything.
  alcove verify --model NAME [--from DIR] [--revision REV] [--hub URL]
      Loads a model as a page does, and checks what it computes.
  alcove models
      Lists the models, their licences and sizes.

Options
  --model NAME     ${Object.keys(PRESETS).join(", ")}
  --revision REV   another commit or branch than the pinned one (one --model only)
  --hub URL        where models are loaded from; default ${DEFAULT_HUB}
  --webgpu         also what computes on the graphics card (27 MB), from the onnxruntime-web that your project has installed
  --from DIR       a folder that alcove assets wrote

A hub that asks for a login gets the token in HF_TOKEN.
`;

/** @throws Refusal that says all that is wrong. */
export function readCommandLine(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        model: { type: "string", multiple: true },
        revision: { type: "string" },
        hub: { type: "string" },
        from: { type: "string" },
        webgpu: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
  const { values, positionals } = parsed;
  const [name, ...rest] = positionals;
  if (values.help === true || name === undefined || name === "help") return { name: "help" };
  const presets = (values.model ?? []).map(presetOf);
  const hub = hubOf(values.hub ?? DEFAULT_HUB);
  const revision = values.revision ?? null;
  if (revision !== null && presets.length !== 1)
    throw new Refusal("--revision is that of one model: name it with --model.");
  if (name === "models") return { name };
  if (name === "assets") {
    const [folder, ...more] = rest;
    if (folder === undefined || more.length > 0)
      throw new Refusal(`alcove assets wants one folder to write to.\n\n${HELP}`);
    return { name, folder, presets, hub, revision, webgpu: values.webgpu };
  }
  if (name === "verify") {
    const [preset, ...more] = presets;
    if (preset === undefined || more.length > 0 || rest.length > 0)
      throw new Refusal(`alcove verify wants one --model.\n\n${HELP}`);
    return { name, preset, folder: values.from ?? null, hub, revision };
  }
  throw new Refusal(`There is no command "${name}".\n\n${HELP}`);
}

function presetOf(name: string): EmbeddingPreset {
  if (isPresetName(name)) return PRESETS[name];
  throw new Refusal(`There is no model "${name}". There are: ${Object.keys(PRESETS).join(", ")}.`);
}

function hubOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Refusal(`--hub wants an address that begins with https://, not "${text}".`);
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
