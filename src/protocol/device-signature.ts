import { concat, u32, u64, utf8 } from "@sourceprint/core/bytes.js"
import type { CryptoProvider, Signer } from "./crypto-provider.js"
import type { DeviceProof } from "./device-proof.js"
import type { CaptureMessage } from "./message.js"
import { str8 } from "./message-fields.js"

/** What a scanner-side device signs. docs/protocol.md section 6 */
const DEVICE_LABEL = utf8("sourceprint/1 device")
const CAPTURE_LABEL = utf8("sourceprint/1 capture")

const deviceBytes = (h0: Uint8Array, deviceId: string, scannerId: string): Uint8Array =>
  concat([DEVICE_LABEL, h0, str8(deviceId), str8(scannerId)])

type CaptureFields = Omit<CaptureMessage, "type" | "signature" | "image">

const captureBytes = (h0: Uint8Array, capture: CaptureFields): Uint8Array =>
  concat([
    CAPTURE_LABEL,
    h0,
    capture.challenge,
    Uint8Array.of(capture.modality),
    u64(capture.captureTimeMs),
    u32(capture.sequence),
    str8(capture.deviceId),
    str8(capture.scannerId),
    capture.imageSha256,
  ])

/** A device as its own end sees it: its name, the scanner that it serves and its key. */
export interface Device {
  readonly deviceId: string
  readonly scannerId: string
  readonly signer: Signer
}

export async function proveDevice(device: Device, h0: Uint8Array): Promise<DeviceProof> {
  const { deviceId, scannerId, signer } = device
  return { deviceId, scannerId, signature: await signer.sign(deviceBytes(h0, deviceId, scannerId)) }
}

export const verifyDevice = (
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  h0: Uint8Array,
  proof: DeviceProof,
): Promise<boolean> =>
  crypto.verify(publicKey, deviceBytes(h0, proof.deviceId, proof.scannerId), proof.signature)

export const signCapture = (signer: Signer, h0: Uint8Array, capture: CaptureFields): Promise<Uint8Array> =>
  signer.sign(captureBytes(h0, capture))

export const verifyCapture = (
  crypto: CryptoProvider,
  publicKey: Uint8Array,
  h0: Uint8Array,
  capture: CaptureMessage,
): Promise<boolean> => crypto.verify(publicKey, captureBytes(h0, capture), capture.signature)
