import { equalBytes } from "@alcove/sdk/wire";
import { snapshot, write, type SqlContext, type Tx } from "./sql-context.ts";
import type { MailboxStore } from "./store.ts";

/** With a check of 20 bits, five tries find it with a chance of 5e-6. */
export const MAX_TRIES = 5;

const MINUTE_MS = 60_000;

export function createMailboxStore(context: SqlContext): MailboxStore {
  const { dialect } = context;
  const minute = () => Math.floor(context.now() / MINUTE_MS);

  async function findLive(tx: Tx, mailboxId: Uint8Array): Promise<number | null> {
    const row = await tx
      .selectFrom("mailbox")
      .select("k")
      .where("id", "=", mailboxId)
      .where("ends_minute", ">", minute())
      .$if(dialect === "postgres", (query) => query.forUpdate())
      .executeTakeFirst();
    return row?.k ?? null;
  }

  return {
    openMailbox: ({ mailboxId, code, endsMinute }) =>
      write(context, async (tx) => {
        await dropEndedMailboxes(tx, minute());
        const row = await tx
          .insertInto("mailbox")
          .values({
            id: mailboxId,
            code_hash: code?.locator ?? null,
            check_hash: code?.check ?? null,
            tries: 0,
            claimed: 0,
            ends_minute: endsMinute,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning("k")
          .executeTakeFirst();
        return row !== undefined;
      }),

    claimMailbox: ({ locator, check }) =>
      write(context, async (tx) => {
        const mailbox = await tx
          .selectFrom("mailbox")
          .selectAll()
          .where("code_hash", "=", locator)
          .where("ends_minute", ">", minute())
          .$if(dialect === "postgres", (query) => query.forUpdate())
          .executeTakeFirst();
        if (mailbox === undefined || mailbox.claimed === 1 || mailbox.check_hash === null)
          return { kind: "refused" };
        if (equalBytes(mailbox.check_hash, check)) {
          await tx.updateTable("mailbox").set({ claimed: 1 }).where("k", "=", mailbox.k).execute();
          return { kind: "claimed", mailboxId: mailbox.id };
        }
        if (mailbox.tries + 1 >= MAX_TRIES) await removeMailbox(tx, mailbox.k);
        else
          await tx
            .updateTable("mailbox")
            .set({ tries: mailbox.tries + 1 })
            .where("k", "=", mailbox.k)
            .execute();
        return { kind: "refused" };
      }),

    putMail: (mailboxId, slot, body) =>
      write(context, async (tx) => {
        const mailbox = await findLive(tx, mailboxId);
        if (mailbox === null) return "unknown-mailbox";
        const row = await tx
          .insertInto("mail")
          .values({ mailbox_k: mailbox, slot, body })
          .onConflict((conflict) => conflict.columns(["mailbox_k", "slot"]).doNothing())
          .returning("k")
          .executeTakeFirst();
        if (row !== undefined) return "put";
        const there = await mailOf(tx, mailbox, slot);
        return there !== undefined && equalBytes(there.body, body) ? "put" : "slot-taken";
      }),

    takeMail: (mailboxId, slot) =>
      snapshot(context, async (tx) => {
        const mailbox = await tx
          .selectFrom("mailbox")
          .select("k")
          .where("id", "=", mailboxId)
          .where("ends_minute", ">", minute())
          .executeTakeFirst();
        if (mailbox === undefined) return { kind: "unknown-mailbox" };
        const mail = await mailOf(tx, mailbox.k, slot);
        return mail === undefined ? { kind: "empty" } : { kind: "taken", body: mail.body };
      }),

    closeMailbox: (mailboxId) =>
      write(context, async (tx) => {
        const mailbox = await findLive(tx, mailboxId);
        if (mailbox === null) return false;
        await removeMailbox(tx, mailbox);
        return true;
      }),
  };
}

export async function dropEndedMailboxes(tx: Tx, minute: number): Promise<void> {
  const ended = await tx
    .selectFrom("mailbox")
    .select("k")
    .where("ends_minute", "<=", minute)
    .execute();
  for (const { k } of ended) await removeMailbox(tx, k);
}

function mailOf(tx: Tx, mailboxK: number, slot: number): Promise<{ body: Uint8Array } | undefined> {
  return tx
    .selectFrom("mail")
    .select("body")
    .where("mailbox_k", "=", mailboxK)
    .where("slot", "=", slot)
    .executeTakeFirst();
}

async function removeMailbox(tx: Tx, mailboxK: number): Promise<void> {
  await tx.deleteFrom("mail").where("mailbox_k", "=", mailboxK).execute();
  await tx.deleteFrom("mailbox").where("k", "=", mailboxK).execute();
}
