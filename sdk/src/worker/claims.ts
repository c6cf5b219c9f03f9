import { hashText } from "../text/hash.ts";
import type { Vault } from "../vault/vault.ts";

/** Names that belong to whoever took them first: a gateway's thread to its resource. Only hashes of both are kept. */
export interface Claims {
  /** Whether `owner` has `name`; `null` where nobody has. With `take` the first who asks has it from then on. */
  claim(name: string, owner: string, take: boolean): Promise<boolean | null>;
  releaseClaim(name: string): Promise<void>;
}

export function createClaims(vault: Pick<Vault, "meta" | "setMeta">): Claims {
  /** One at a time: two first calls of one name must not both find it free. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  };
  return {
    claim: (name, owner, take) =>
      inTurn(async () => {
        const key = keyOf(name);
        const mine = hashText(owner);
        const held = await vault.meta(key);
        if (held !== null) return held === mine;
        if (!take) return null;
        await vault.setMeta(key, mine);
        return true;
      }),
    releaseClaim: (name) => inTurn(() => vault.setMeta(keyOf(name), null)),
  };
}

function keyOf(name: string): string {
  return `claim:${hashText(name)}`;
}
