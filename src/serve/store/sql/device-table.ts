import type { AuditEvent, StoredDevice } from "../store.js"
import type { AuditedDatabase } from "./audited-database.js"
import { deviceOf } from "./rows.js"

/** Devices, and which account has signed in by which; see `Store`. */
export class DeviceTable {
  constructor(private readonly audited: AuditedDatabase) {}

  private get db() {
    return this.audited.database.db
  }

  addDevice(device: Omit<StoredDevice, "revokedAtMs">, audit: AuditEvent): Promise<boolean> {
    return this.audited.changed(async (trx) => {
      const row = {
        id: device.id,
        scanner_id: device.scannerId,
        public_key: device.publicKey,
        created_at_ms: device.createdAtMs,
        revoked_at_ms: null,
      }
      const inserted = await trx
        .insertInto("devices")
        .values(row)
        .onConflict((c) => c.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows ?? 0n
    }, audit)
  }

  async device(id: string): Promise<StoredDevice | undefined> {
    const row = await this.db.selectFrom("devices").selectAll().where("id", "=", id).executeTakeFirst()
    return row && deviceOf(row)
  }

  async devices(): Promise<StoredDevice[]> {
    return (await this.db.selectFrom("devices").selectAll().orderBy("id").execute()).map(deviceOf)
  }

  revokeDevice(id: string, audit: AuditEvent): Promise<boolean> {
    return this.audited.changed(async (trx) => {
      await trx.deleteFrom("sessions").where("device_id", "=", id).execute()
      const revoked = trx.updateTable("devices").set({ revoked_at_ms: audit.atMs }).where("id", "=", id)
      return (await revoked.where("revoked_at_ms", "is", null).executeTakeFirst()).numUpdatedRows
    }, audit)
  }

  async isFamiliar(accountId: string, deviceId: string): Promise<boolean> {
    const query = this.db.selectFrom("familiar").select("device_id").where("account_id", "=", accountId)
    return (await query.where("device_id", "=", deviceId).executeTakeFirst()) !== undefined
  }

  async familiarDevices(accountId: string): Promise<StoredDevice[]> {
    const rows = await this.db
      .selectFrom("devices")
      .innerJoin("familiar", "familiar.device_id", "devices.id")
      .selectAll("devices")
      .where("familiar.account_id", "=", accountId)
      .orderBy("devices.id")
      .execute()
    return rows.map(deviceOf)
  }
}
