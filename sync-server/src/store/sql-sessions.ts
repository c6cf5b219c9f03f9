import { today, write, type SqlContext } from "./sql-context.ts";
import type { SessionStore } from "./store.ts";

export function createSessionStore(context: SqlContext): SessionStore {
  const { db } = context;
  return {
    grant: ({ tokenHash, kind, vaultId, deviceId }) =>
      write(context, async (tx) => {
        const vault = await tx
          .selectFrom("vault")
          .select("k")
          .where("id", "=", vaultId)
          .executeTakeFirst();
        if (vault === undefined) return false;
        let deviceK: number | null = null;
        if (deviceId !== null) {
          const device = await tx
            .updateTable("device")
            .set({ seen_day: today(context) })
            .where("vault_k", "=", vault.k)
            .where("id", "=", deviceId)
            .where("revoked", "=", 0)
            .returning("k")
            .executeTakeFirst();
          if (device === undefined) return false;
          deviceK = device.k;
        }
        await tx
          .insertInto("access")
          .values({
            hash: tokenHash,
            ticket: kind === "ticket" ? 1 : 0,
            vault_k: vault.k,
            device_k: deviceK,
            day: today(context),
          })
          .execute();
        return true;
      }),

    async session(tokenHash) {
      const row = await db
        .selectFrom("access")
        .innerJoin("vault", "vault.k", "access.vault_k")
        .leftJoin("device", "device.k", "access.device_k")
        .select(["vault.id as vaultId", "device.id as deviceId", "device.revoked"])
        .where("access.hash", "=", tokenHash)
        .where("access.ticket", "=", 0)
        .executeTakeFirst();
      return row === undefined || row.revoked === 1
        ? null
        : { vaultId: row.vaultId, deviceId: row.deviceId };
    },

    takeTicket: (tokenHash) =>
      write(context, async (tx) => {
        const ticket = await tx
          .deleteFrom("access")
          .where("hash", "=", tokenHash)
          .where("ticket", "=", 1)
          .returning(["vault_k", "device_k"])
          .executeTakeFirst();
        if (ticket === undefined) return null;
        const holder = await tx
          .selectFrom("vault")
          .leftJoin("device", (join) =>
            join.onRef("device.vault_k", "=", "vault.k").on("device.k", "=", ticket.device_k),
          )
          .select(["vault.id as vaultId", "device.id as deviceId", "device.revoked"])
          .where("vault.k", "=", ticket.vault_k)
          .executeTakeFirst();
        return holder === undefined || holder.revoked === 1
          ? null
          : { vaultId: holder.vaultId, deviceId: holder.deviceId };
      }),

    async spend(challengeHash) {
      const row = await db
        .insertInto("spent")
        .values({ hash: challengeHash, day: today(context) })
        .onConflict((conflict) => conflict.column("hash").doNothing())
        .returning("k")
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
