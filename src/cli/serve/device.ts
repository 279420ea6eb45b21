import { fromHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { isId } from "@sourceprint/protocol/account-name.js"
import { isWeakPublicKey } from "@sourceprint/protocol/weak-public-key.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { textTable } from "../text-table.js"
import { byOperator, storeOptions, withStore } from "./with-store.js"

const id = { type: "string", demandOption: true, requiresArg: true, describe: "the device's id" } as const

const addOptions = {
  ...storeOptions,
  id,
  "scanner-id": {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "the scanner that it serves",
  },
  key: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "its public key: sourceprint client key",
  },
} satisfies Record<string, Options>

const addCommand: CommandModule<object, InferredOptionTypes<typeof addOptions>> = {
  command: "add",
  describe: "Register a device's public key and bind it to one scanner",
  builder: addOptions,
  handler: ({ id: deviceId, scannerId, key, ...rest }) =>
    withStore(rest, async ({ store }) => {
      if (!isId(deviceId) || !isId(scannerId)) throw new AppError("device/id", "an id is 1-64 of a-z 0-9 . _ -")
      if (!/^[0-9a-f]{64}$/i.test(key)) throw new AppError("device/key", "a public key is 64 hex digits")
      if (isWeakPublicKey(fromHex(key.toLowerCase()))) {
        throw new AppError("device/key", "anybody can sign under this key; make one: sourceprint client key")
      }
      const device = { id: deviceId, scannerId, publicKey: key.toLowerCase(), createdAtMs: Date.now() }
      if (!(await store.addDevice(device, byOperator("device-added", { deviceId, detail: { scannerId } })))) {
        throw new AppError("device/exists", `${deviceId} is registered already; an id is never used twice`)
      }
      console.log(`${deviceId} may now capture with ${scannerId}`)
    }),
}

const revokeOptions = { ...storeOptions, id } satisfies Record<string, Options>

const revokeCommand: CommandModule<object, InferredOptionTypes<typeof revokeOptions>> = {
  command: "revoke",
  describe: "End a device for good, with the sessions that it opened",
  builder: revokeOptions,
  handler: ({ id: deviceId, ...rest }) =>
    withStore(rest, async ({ store }) => {
      if (!(await store.revokeDevice(deviceId, byOperator("device-revoked", { deviceId })))) {
        throw new AppError("device/unknown", `no device in use is called ${deviceId}`)
      }
      console.log(`${deviceId} is revoked`)
    }),
}

const listCommand: CommandModule<object, InferredOptionTypes<typeof storeOptions>> = {
  command: "list",
  describe: "Registered devices",
  builder: storeOptions,
  handler: (options) =>
    withStore(options, async ({ store }) => {
      const rows = (await store.devices()).map((device) => [
        device.id,
        device.scannerId,
        new Date(device.createdAtMs).toISOString(),
        device.revokedAtMs === undefined ? "in use" : "revoked",
      ])
      console.log(textTable(["device", "scanner", "since", "state"], rows))
    }),
}

export const deviceCommand: CommandModule = {
  command: "device <command>",
  describe: "Scanner-side devices of the server: add, list, revoke",
  builder: (yargs) => yargs.command(addCommand).command(listCommand).command(revokeCommand).demandCommand(1).strict(),
  handler: () => {},
}
