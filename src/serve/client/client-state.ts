import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { fromHex, toHex } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import { writeFileAtomic } from "@sourceprint/core/files/atomic-file.js"
import { readJson } from "@sourceprint/core/files/read-json.js"
import { isId } from "@sourceprint/protocol/account-name.js"
import type { CryptoProvider } from "@sourceprint/protocol/crypto-provider.js"
import type { Device } from "@sourceprint/protocol/device-signature.js"
import { z } from "zod"

const DeviceFile = z.strictObject({
  deviceId: z.string().refine(isId),
  scannerId: z.string().refine(isId),
  seed: z.string().regex(/^[0-9a-f]{64}$/),
})
const PinFile = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))

const refusal = { code: "client/state", cure: "put it back from a copy, or remove it and start again" }

async function writePrivate(path: string, value: unknown): Promise<void> {
  const before = process.umask(0o077)
  try {
    await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`)
  } finally {
    process.umask(before)
  }
}

/** What a scanner-side client keeps in its folder, readable by its user alone: the device's key and the identity keys
 *  of servers it has met. */
export class ClientState {
  constructor(
    private readonly folder: string,
    private readonly crypto: CryptoProvider,
  ) {}

  private get devicePath(): string {
    return join(this.folder, "device.json")
  }

  /** Makes the device's key, once. @throws AppError "client/device" when there is one for another id or scanner */
  async makeDevice(deviceId: string, scannerId: string): Promise<Device> {
    for (const id of [deviceId, scannerId]) {
      if (!isId(id)) throw new AppError("client/device", `"${id}" is not an id: 1-64 of a-z 0-9 . _ -`)
    }
    const found = await readJson(this.devicePath, DeviceFile, refusal)
    if (found !== undefined && (found.deviceId !== deviceId || found.scannerId !== scannerId)) {
      throw new AppError(
        "client/device",
        `this client is already ${found.deviceId} with ${found.scannerId}; use another --state folder`,
      )
    }
    if (found === undefined) {
      await writePrivate(this.devicePath, { deviceId, scannerId, seed: toHex(randomBytes(32)) })
    }
    return this.device()
  }

  /** @throws AppError "client/device" when there is no key yet */
  async device(): Promise<Device> {
    const found = await readJson(this.devicePath, DeviceFile, refusal)
    if (found === undefined) {
      throw new AppError(
        "client/device",
        "this client has no device key yet; make one by: sourceprint client key --id <device> --scanner-id <scanner>",
      )
    }
    const { deviceId, scannerId, seed } = found
    return { deviceId, scannerId, signer: await this.crypto.signer(fromHex(seed)) }
  }

  /** The identity pinned for a server ("host:port"), hex. */
  async pin(server: string): Promise<string | undefined> {
    return (await readJson(join(this.folder, "servers.json"), PinFile, refusal))?.[server]
  }

  async setPin(server: string, identity: string): Promise<void> {
    const path = join(this.folder, "servers.json")
    await writePrivate(path, { ...(await readJson(path, PinFile, refusal)), [server]: identity })
  }
}
