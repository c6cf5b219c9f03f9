import { equalBytes } from "../wire/bytes.ts";
import type { Curves, KeyPair } from "./curves.ts";
import { curvesOfKeptKeys } from "./device-keys.ts";
import type { KeyBox } from "./key-box.ts";
import { createSuite, type Suite } from "./suite.ts";
import { createWebCurves } from "./web-curves.ts";

const PROBE = "probe";

export interface OpenedSuite {
  readonly suite: Suite;
  /** False: keys can be made and used, not kept. The device is a guest until the tab closes. */
  readonly durable: boolean;
}

export interface SuiteDeps {
  readonly crypto: Crypto;
  readonly keys: KeyBox;
  /** Tests leave the browser's own curves out. */
  readonly skipWebCurves?: boolean;
}

/**
 * Finds what this browser can do: its own curves, if keys of theirs survive being stored and read back; else JavaScript with wrapped
 * secrets. Some browsers take a key, store it, and read back nothing. A device that began with JavaScript stays with it when its browser
 * learns the curves: its keys are of no other use.
 */
export async function openSuite({ crypto, keys, skipWebCurves }: SuiteDeps): Promise<OpenedSuite> {
  const web = createWebCurves(crypto.subtle);
  const began = await curvesOfKeptKeys(keys);
  if (skipWebCurves !== true && began !== "javascript" && (await survives(web, keys))) {
    return { suite: createSuite(crypto, web), durable: true };
  }
  const { createNobleCurves } = await import("./noble-curves.ts");
  const noble = createNobleCurves(crypto.subtle);
  return { suite: createSuite(crypto, noble), durable: await survives(noble, keys) };
}

/** Never rejects: whatever fails here, fails the probe. */
async function survives(curves: Curves, keys: KeyBox): Promise<boolean> {
  const name = `${PROBE}:${curves.name}`;
  try {
    const made = { signing: await curves.newSigningKey(), sealing: await curves.newSealingKey() };
    await keys.put(name, made);
    const kept = (await keys.get(name)) as { signing: KeyPair; sealing: KeyPair };
    const message = new Uint8Array([1, 2, 3]);
    const signature = await curves.sign(kept.signing, message);
    const other = await curves.newSealingKey();
    return (
      (await curves.verify(made.signing.publicKey, signature, message)) &&
      equalBytes(
        await curves.agree(kept.sealing, other.publicKey),
        await curves.agree(other, made.sealing.publicKey),
      )
    );
  } catch {
    return false;
  } finally {
    await keys.remove(name).catch(() => {});
  }
}
