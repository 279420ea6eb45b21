import { existsSync } from "node:fs"
import type { Log } from "@sourceprint/core/log.js"
import { KeyRing, parseKeyRing, readKeyFile, writeKeyFile } from "../store/key-ring.js"

/** The key file's ring; a first start makes one. SOURCEPRINT_MASTER_KEYS ("<id> <hex>", comma between several) wins. */
export async function masterKeys(keyFile: string, log: Log): Promise<KeyRing> {
  const fromEnvironment = process.env.SOURCEPRINT_MASTER_KEYS
  if (fromEnvironment !== undefined) return parseKeyRing(fromEnvironment, "SOURCEPRINT_MASTER_KEYS")
  if (existsSync(keyFile)) return readKeyFile(keyFile)
  const ring = KeyRing.random()
  await writeKeyFile(keyFile, ring)
  log.warn("keys.made", {
    keyFile,
    note: "a new master key; without this file the store is unreadable: back it up",
  })
  return ring
}
