import { randomBytes, randomInt } from "node:crypto";
import { fromBase64url, LIMITS, MAILBOX_ID_BYTES, toBase64url } from "@alcove/sdk/wire";
import type { MailboxCode } from "../store/store.ts";
import { problem } from "./problem.ts";
import { createProcedures, router, type RpcDeps } from "./trpc.ts";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** The first half of a code finds the mailbox, the second opens it: so there is something that wrong tries can be counted against. */
const HALF = 4;
const MINUTE_MS = 60_000;
/** With a million first halves, two in use that are alike are rare; five in a row mean something else. */
const MAX_DRAWS = 5;

export function createLinkRouter(deps: RpcDeps) {
  const { json, limited } = createProcedures(deps);
  const { store, keyedHash, now } = deps;

  const hashesOf = (code: string): MailboxCode => ({
    locator: keyedHash("link-locator", code.slice(0, HALF)),
    check: keyedHash("link-check", code),
  });

  return router({
    open: json("link.open").mutation(async ({ input, ctx }) => {
      limited("link-open", ctx.client);
      // The store counts whole minutes; a mailbox ends with the last full one.
      const endsMinute = Math.floor((now() + LIMITS.linkLifeMs) / MINUTE_MS);
      const expiresAtMs = endsMinute * MINUTE_MS;
      if (input.kind === "qr") {
        const mailboxId = fromBase64url(input.mailboxId);
        if (!(await store.openMailbox({ mailboxId, code: null, endsMinute })))
          throw problem("exists");
        return { mailboxId: input.mailboxId, code: null, expiresAtMs };
      }
      const mailboxId = new Uint8Array(randomBytes(MAILBOX_ID_BYTES));
      for (let draw = 0; draw < MAX_DRAWS; draw++) {
        const code = Array.from({ length: 2 * HALF }, () => CROCKFORD[randomInt(32)]).join("");
        if (await store.openMailbox({ mailboxId, code: hashesOf(code), endsMinute }))
          return { mailboxId: toBase64url(mailboxId), code, expiresAtMs };
      }
      throw problem("busy", { retryAfterMs: 5_000 });
    }),

    claim: json("link.claim").mutation(async ({ input, ctx }) => {
      limited("link-claim", ctx.client);
      const outcome = await store.claimMailbox(hashesOf(input.code));
      if (outcome.kind === "refused") throw problem("not-found");
      return { mailboxId: toBase64url(outcome.mailboxId) };
    }),

    put: json("link.put").mutation(async ({ input, ctx }) => {
      limited("link-mail", ctx.client);
      const outcome = await store.putMail(
        fromBase64url(input.mailboxId),
        input.slot,
        fromBase64url(input.message),
      );
      if (outcome === "unknown-mailbox") throw problem("not-found");
      if (outcome === "slot-taken") throw problem("exists");
      return { ok: true as const };
    }),

    take: json("link.take").mutation(async ({ input, ctx }) => {
      limited("link-mail", ctx.client);
      const outcome = await store.takeMail(fromBase64url(input.mailboxId), input.slot);
      if (outcome.kind === "unknown-mailbox") throw problem("not-found");
      return { message: outcome.kind === "taken" ? toBase64url(outcome.body) : null };
    }),
  });
}
