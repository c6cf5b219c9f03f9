import { MemoryError } from "../domain/errors.ts";
import { fromBase64url, toBase64url } from "../wire/base64url.ts";
import type { Bytes } from "../wire/bytes.ts";
import { LIMITS } from "../wire/limits.ts";
import type { LINK_SLOT } from "../wire/link-messages.ts";
import type { LinkOpenInput } from "../wire/procedures.ts";
import { isPassing, wait, withRetries } from "./back-off.ts";
import { problemCode } from "./server-problem.ts";
import type { Transport } from "./transport.ts";

type Slot = (typeof LINK_SLOT)[keyof typeof LINK_SLOT];

/** Four slots at the server, by which two devices that know nothing of each other exchange messages. */
export interface Mailbox {
  readonly mailboxId: Bytes;
  /** @throws {@link MemoryError} `sync/link-forged` where somebody else has written there, `sync/link-expired` */
  put(slot: Slot, message: Bytes): Promise<void>;
  /** What is there now. @throws {@link MemoryError} `sync/link-expired` */
  peek(slot: Slot): Promise<Bytes | null>;
  /** Waits for a message. @throws {@link MemoryError} `sync/link-expired`, or the signal's reason */
  take(slot: Slot, signal: AbortSignal): Promise<Bytes>;
}

export interface MailboxDeps {
  readonly transport: Transport;
  /** Between two looks; the server allows six a second for one address. Default 1,000. */
  readonly pollMs?: number;
}

export interface OpenedMailbox extends Mailbox {
  /** `null` for a QR. */
  readonly code: string | null;
  /** From now on. */
  readonly lifeMs: number;
}

export async function openMailbox(input: LinkOpenInput, deps: MailboxDeps): Promise<OpenedMailbox> {
  const { transport } = deps;
  const { serverTimeMs } = await transport.call("meta.info", undefined);
  const { mailboxId, code, expiresAtMs } = await transport.call("link.open", input);
  // By the server's clock on both sides, so that this device's may be wrong.
  const lifeMs = Math.min(Math.max(expiresAtMs - serverTimeMs, 0), LIMITS.linkLifeMs);
  return { ...createMailbox(fromBase64url(mailboxId), deps), code, lifeMs };
}

/** @throws {@link MemoryError} `sync/link-code` for a code that is unknown, used, burnt or ended: the server does not say which */
export async function claimMailbox(code: string, deps: MailboxDeps): Promise<Mailbox> {
  try {
    const { mailboxId } = await deps.transport.call("link.claim", { code });
    return createMailbox(fromBase64url(mailboxId), deps);
  } catch (error) {
    if (problemCode(error) === "not-found") throw unknownCode(error);
    throw error;
  }
}

export function createMailbox(
  mailboxId: Bytes,
  { transport, pollMs = 1_000 }: MailboxDeps,
): Mailbox {
  const name = toBase64url(mailboxId);

  async function peek(slot: Slot): Promise<Bytes | null> {
    try {
      const { message } = await transport.call("link.take", { mailboxId: name, slot });
      return message === null ? null : fromBase64url(message);
    } catch (error) {
      throw problemCode(error) === "not-found" ? expired(error) : error;
    }
  }

  return {
    mailboxId,
    peek,
    async put(slot, message) {
      try {
        await withRetries(() =>
          transport.call("link.put", { mailboxId: name, slot, message: toBase64url(message) }),
        );
      } catch (error) {
        const code = problemCode(error);
        if (code === "not-found") throw expired(error);
        if (code !== "exists") throw error;
        throw new MemoryError(
          "sync/link-forged",
          "Somebody else has written in the place of this device.",
          { cause: error },
        );
      }
    },
    async take(slot, signal) {
      for (;;) {
        signal.throwIfAborted();
        try {
          const message = await peek(slot);
          if (message !== null) return message;
        } catch (error) {
          // A person walks about with a phone: the network comes back.
          if (!isPassing(error)) throw error;
        }
        await wait(pollMs, signal);
      }
    },
  };
}

/**
 * Eight characters of Crockford's base 32, however they were typed.
 *
 * @throws {@link MemoryError} `sync/link-code`
 */
export function readCode(typed: string): string {
  const code = typed
    .toUpperCase()
    .replaceAll(/[\s-]/g, "")
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1");
  if (!/^[\dA-HJKMNP-TV-Z]{8}$/.test(code)) throw unknownCode();
  return code;
}

export function unknownCode(cause?: unknown): MemoryError {
  return new MemoryError(
    "sync/link-code",
    "This code is unknown, was used already, or has ended. Show a new one on the new device.",
    cause === undefined ? {} : { cause },
  );
}

export function expired(cause?: unknown): MemoryError {
  return new MemoryError(
    "sync/link-expired",
    "The other device did not answer in time. Begin again on the new device.",
    cause === undefined ? {} : { cause },
  );
}
