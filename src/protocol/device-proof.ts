import { fixed, struct, type Values, wordId } from "./codec.js"

const deviceProofFields = {
  deviceId: wordId,
  scannerId: wordId,
  /** Ed25519, over the connection. */
  signature: fixed(64),
} as const
/** A device's claim and its signature. */
export type DeviceProof = Values<typeof deviceProofFields>
export const deviceProof = struct(deviceProofFields)
