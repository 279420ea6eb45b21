import { toHex } from "@sourceprint/core/bytes.js"
import { webCrypto } from "@sourceprint/protocol/web-crypto.js"
import { ClientState } from "@sourceprint/serve/client/client-state.js"
import type { CommandModule, InferredOptionTypes, Options } from "yargs"
import { stateOption } from "./client-options.js"

const options = {
  state: stateOption,
  id: { type: "string", demandOption: true, requiresArg: true, describe: "this device's id" },
  "scanner-id": {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "the scanner at this device",
  },
} satisfies Record<string, Options>

export const keyCommand: CommandModule<object, InferredOptionTypes<typeof options>> = {
  command: "key",
  describe: "Make this device's key, once, and print what an operator registers",
  builder: options,
  handler: async ({ state, id, scannerId }) => {
    const { signer } = await new ClientState(state, webCrypto).makeDevice(id, scannerId)
    console.log(`sourceprint device add --id ${id} --scanner-id ${scannerId} --key ${toHex(signer.publicKey)}`)
  },
}
