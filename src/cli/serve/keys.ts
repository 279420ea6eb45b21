import { existsSync } from "node:fs"
import { AppError } from "@sourceprint/core/errors.js"
import { KeyRing, writeKeyFile } from "@sourceprint/serve/store/key-ring.js"
import { rotateKeys } from "@sourceprint/serve/store/rotate-keys.js"
import type { CommandModule, InferredOptionTypes } from "yargs"
import { byOperator, configOf, storeOptions, withStore } from "./with-store.js"

type StoreArguments = InferredOptionTypes<typeof storeOptions>

const createCommand: CommandModule<object, StoreArguments> = {
  command: "create",
  describe: "Make the master key file, readable by its owner alone",
  builder: storeOptions,
  handler: async (options) => {
    const { keyFile } = await configOf(options)
    if (existsSync(keyFile)) throw new AppError("keys/exists", `${keyFile} exists; to replace its key: keys rotate`)
    await writeKeyFile(keyFile, KeyRing.random())
    console.log(`${keyFile} made; back it up: without it the store is unreadable`)
  },
}

const rotateCommand: CommandModule<object, StoreArguments> = {
  command: "rotate",
  describe: "Seal everything under a new master key and forget the old; may be interrupted and run again",
  builder: storeOptions,
  handler: (options) =>
    withStore(options, async (opened, keys, { keyFile }) => {
      if (process.env.SOURCEPRINT_MASTER_KEYS !== undefined) {
        throw new AppError("keys/environment", "the keys come from the environment: rotation needs the key file")
      }
      // An interrupted rotation left two keys: finish that one.
      const ring = keys.size > 1 ? keys : keys.withNewKey()
      await writeKeyFile(keyFile, ring)
      const changed = await rotateKeys(opened, ring)
      await writeKeyFile(keyFile, ring.withoutOldKeys())
      await opened.store.appendAudit([byOperator("keys-rotated", { detail: { records: changed } })])
      console.log(`${changed} records are under a new key; a running server must be started again`)
    }),
}

export const keysCommand: CommandModule = {
  command: "keys <command>",
  describe: "The server's master key: create, rotate",
  builder: (yargs) => yargs.command(createCommand).command(rotateCommand).demandCommand(1).strict(),
  handler: () => {},
}
