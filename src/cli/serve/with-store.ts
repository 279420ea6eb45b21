import { silentLog } from "@sourceprint/core/log.js"
import { masterKeys } from "@sourceprint/serve/server/master-keys.js"
import { readServeConfig, type ServeConfig } from "@sourceprint/serve/server/serve-config.js"
import type { KeyRing } from "@sourceprint/serve/store/key-ring.js"
import type { OpenedStore } from "@sourceprint/serve/store/open-store.js"
import type { AuditEvent } from "@sourceprint/serve/store/store.js"
import type { Options } from "yargs"

/** Options of every command that works on the server's store. */
export const storeOptions = {
  config: { type: "string", requiresArg: true, describe: "serve.yaml of the server (its defaults)" },
  store: {
    type: "string",
    requiresArg: true,
    describe: "SQLite file or postgres://… instead of the config's",
  },
} satisfies Record<string, Options>

export interface StoreOptions {
  readonly config?: string | undefined
  readonly store?: string | undefined
}

export async function configOf({ config, store }: StoreOptions): Promise<ServeConfig> {
  const read = await readServeConfig(config)
  return store === undefined ? read : { ...read, store }
}

/** Opens the store, works, closes it. */
export async function withStore<T>(
  options: StoreOptions,
  work: (opened: OpenedStore, keys: KeyRing, config: ServeConfig) => Promise<T>,
): Promise<T> {
  const config = await configOf(options)
  const keys = await masterKeys(config.keyFile, silentLog)
  const { openStore } = await import("@sourceprint/serve/store/open-store.js") // `serve` does without
  const opened = await openStore(config.store, keys)
  try {
    return await work(opened, keys, config)
  } finally {
    await opened.store.close()
  }
}

/** What an operator did at the command line, for the audit log. */
export const byOperator = (reason: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  atMs: Date.now(),
  event: "admin",
  reason,
  address: "local",
  ...more,
})
