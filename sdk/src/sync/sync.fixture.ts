import { openKeyBox, type KeyBox } from "../crypto/key-box.ts";
import { openSuite } from "../crypto/open-suite.ts";
import type { Suite } from "../crypto/suite.ts";
import { foundVault } from "./found-vault.ts";
import { approveLink, type Approval } from "./link-approval.ts";
import { requestLink } from "./link-request.ts";
import { toMemoryError } from "./server-problem.ts";
import { createHttpTransport, type Transport } from "./transport.ts";
import type { Membership } from "./membership.ts";

/** Answers in the place of the server; `next` asks the real one. */
export type Interceptor = (
  name: string,
  next: () => Promise<unknown>,
  input: unknown,
) => Promise<unknown>;

/** One browser profile as far as sync sees it. */
export interface Profile {
  readonly suite: Suite;
  readonly box: KeyBox;
  readonly transport: Transport;
  readonly now: () => number;
  readonly pollMs: number;
  /** Every procedure that was called, in order. */
  readonly calls: string[];
  /** Lies from now on. */
  between(interceptor: Interceptor | null): void;
}

export async function openProfile(url: string): Promise<Profile> {
  const box = await openKeyBox(indexedDB, `alcove-sync:test-${crypto.randomUUID()}`);
  const { suite } = await openSuite({ crypto, keys: box });
  const real = createHttpTransport({ url });
  const calls: string[] = [];
  let interceptor: Interceptor | null = null;
  const transport: Transport = {
    ...real,
    call(name, input, options) {
      calls.push(name);
      const next = () => real.call(name, input, options);
      return interceptor === null
        ? next()
        : (interceptor(name, next, input) as ReturnType<typeof next>);
    },
  };
  return {
    suite,
    box,
    transport,
    now: Date.now,
    pollMs: 20,
    calls,
    between: (lie) => {
      interceptor = lie;
    },
  };
}

export async function founded(
  profile: Profile,
): Promise<{ readonly membership: Membership; readonly phrase: string }> {
  const { phrase, confirm } = await foundVault(profile);
  return { phrase, membership: await confirm(phrase.split(" ")) };
}

export function approve(profile: Profile, membership: Membership, text: string): Promise<Approval> {
  return approveLink(text, { ...profile, membership, heads: async () => [] });
}

/** Links a new profile by QR. */
export async function linked(
  url: string,
  old: Profile,
  membership: Membership,
): Promise<{ readonly profile: Profile; readonly membership: Membership }> {
  const profile = await openProfile(url);
  const request = await requestLink(profile);
  const approval = await approve(old, membership, request.qr);
  await approval.confirm();
  return { profile, membership: await request.done };
}

/** The code of the error that a call ends with. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "resolved",
    (error: unknown) => toMemoryError(error).code,
  );
}
