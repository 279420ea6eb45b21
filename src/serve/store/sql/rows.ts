import type { Selectable } from "kysely"
import type { Account, StoredDevice, StoredSession, StoredTemplate } from "../store.js"
import { toBytes } from "./database.js"
import type { Tables } from "./schema.js"

/** Between rows and the port's values. */
export const accountOf = (row: Selectable<Tables["accounts"]>): Account => ({
  id: row.id,
  name: row.name,
  sealedRecord: toBytes(row.sealed_record),
  operator: row.operator === 1,
  disabled: row.disabled === 1,
  createdAtMs: row.created_at_ms,
})

export const templateOf = (row: Selectable<Tables["templates"]>): StoredTemplate => ({
  id: row.id,
  accountId: row.account_id,
  finger: row.finger,
  modality: row.modality === "face" || row.modality === "passkey" ? row.modality : "finger",
  matcherId: row.matcher_id,
  sealed: toBytes(row.sealed),
  createdAtMs: row.created_at_ms,
})

export const templateRow = (template: StoredTemplate): Tables["templates"] => ({
  id: template.id,
  account_id: template.accountId,
  finger: template.finger,
  modality: template.modality,
  matcher_id: template.matcherId,
  sealed: template.sealed,
  created_at_ms: template.createdAtMs,
})

export const deviceOf = (row: Selectable<Tables["devices"]>): StoredDevice => ({
  id: row.id,
  scannerId: row.scanner_id,
  publicKey: row.public_key,
  createdAtMs: row.created_at_ms,
  revokedAtMs: row.revoked_at_ms ?? undefined,
})

export const sessionOf = (row: Selectable<Tables["sessions"]>): StoredSession => ({
  tokenHash: row.token_hash,
  accountId: row.account_id,
  deviceId: row.device_id ?? undefined,
  factors: row.factors.split(" "),
  createdAtMs: row.created_at_ms,
  expiresAtMs: row.expires_at_ms,
})

export const sessionRow = (session: StoredSession): Tables["sessions"] => ({
  token_hash: session.tokenHash,
  account_id: session.accountId,
  device_id: session.deviceId ?? null,
  factors: session.factors.join(" "),
  created_at_ms: session.createdAtMs,
  expires_at_ms: session.expiresAtMs,
})
