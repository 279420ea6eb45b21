import { concat, utf8 } from "@sourceprint/core/bytes.js"
import { struct, type Values, whole, wordId } from "./codec.js"
import type { CryptoProvider, Signer } from "./crypto-provider.js"
import type { DeviceProof } from "./device-proof.js"
import { type CaptureMessage, signedCaptureFields } from "./message.js"
import { isWeakPublicKey } from "./weak-public-key.js"

/** What a scanner-side device signs. docs/protocol.md section 6 */
const DEVICE_LABEL = utf8("sourceprint/1 device")
const CAPTURE_LABEL = utf8("sourceprint/1 capture")

const claim = whole(struct({ deviceId: wordId, scannerId: wordId }))
const deviceBytes = (h0: Uint8Array, of: Pick<DeviceProof, "deviceId" | "scannerId">): Uint8Array =>
  concat([DEVICE_LABEL, h0, claim.encode(of)])

const signedCapture = whole(struct(signedCaptureFields))
type CaptureFields = Values<typeof signedCaptureFields>
const captureBytes = (h0: Uint8Array, capture: CaptureFields): Uint8Array =>
  concat([CAPTURE_LABEL, h0, signedCapture.encode(capture)])

/** A device as its own end sees it: its name, the scanner that it serves and its key. */
export interface Device {
  readonly deviceId: string
  readonly scannerId: string
  readonly signer: Signer
}

export async function proveDevice(device: Device, h0: Uint8Array): Promise<DeviceProof> {
  const { deviceId, scannerId, signer } = device
  return { deviceId, scannerId, signature: await signer.sign(deviceBytes(h0, device)) }
}

export const verifyDevice = (
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  h0: Uint8Array,
  proof: DeviceProof,
): Promise<boolean> => verified(crypto, publicKey, deviceBytes(h0, proof), proof.signature)

export const signCapture = (signer: Signer, h0: Uint8Array, capture: CaptureFields): Promise<Uint8Array> =>
  signer.sign(captureBytes(h0, capture))

export const verifyCapture = (
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  h0: Uint8Array,
  capture: CaptureMessage,
): Promise<boolean> => verified(crypto, publicKey, captureBytes(h0, capture), capture.signature)

/** Web Crypto verifies under keys that everybody can sign under; a device never has one. */
async function verified(crypto: CryptoProvider, key: Uint8Array, bytes: Uint8Array, signature: Uint8Array) {
  return !isWeakPublicKey(key) && (await crypto.verify(key, bytes, signature))
}
