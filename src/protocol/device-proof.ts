import { concat } from "@sourceprint/core/bytes.js"
import type { ByteReader } from "./byte-reader.js"
import { readId, str8 } from "./message-fields.js"

/** A device's claim and its Ed25519 signature over the connection (64 bytes). */
export interface DeviceProof {
  readonly deviceId: string
  readonly scannerId: string
  readonly signature: Uint8Array
}

export const encodeDeviceProof = (proof: DeviceProof): Uint8Array =>
  concat([str8(proof.deviceId), str8(proof.scannerId), proof.signature])

export const readDeviceProof = (reader: ByteReader): DeviceProof => ({
  deviceId: readId(reader),
  scannerId: readId(reader),
  signature: reader.fixed(64),
})
