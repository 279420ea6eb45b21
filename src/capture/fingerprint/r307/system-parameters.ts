import { AppError } from "@sourceprint/core/errors.js"
import { BAUD_STEP, PACKET_SIZES_BYTES, type PacketSizeBytes } from "./constants.js"

/** The 16 bytes of ReadSysPara. Source: R307 user manual v1.20, "read system parameter". */
export interface SystemParameters {
  readonly status: number
  readonly systemId: number
  /** Templates the library holds. */
  readonly librarySize: number
  /** 1 (lowest FNMR) to 5 (lowest FMR). */
  readonly securityLevel: number
  readonly address: number
  readonly packetSizeBytes: PacketSizeBytes
  readonly baud: number
}

const SYSTEM_PARAMETER_BYTES = 16

/** @throws AppError "sensor/bad-answer" for another size than 16 bytes, and for a packet-size code or baud number that
 *  the manual does not know */
export function parseSystemParameters(bytes: Uint8Array): SystemParameters {
  if (bytes.length !== SYSTEM_PARAMETER_BYTES) {
    throw new AppError("sensor/bad-answer", `system parameters of ${bytes.length} bytes, 16 are due`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sizeCode = view.getUint16(12)
  const packetSizeBytes = PACKET_SIZES_BYTES[sizeCode]
  const baudNumber = view.getUint16(14)
  if (packetSizeBytes === undefined || baudNumber < 1 || baudNumber > 12) {
    const seen = `packet-size code ${sizeCode}, baud number ${baudNumber}`
    throw new AppError("sensor/bad-answer", `the system parameters make no sense (${seen}); is this an R307?`)
  }
  return {
    status: view.getUint16(0),
    systemId: view.getUint16(2),
    librarySize: view.getUint16(4),
    securityLevel: view.getUint16(6),
    address: view.getUint32(8),
    packetSizeBytes,
    baud: baudNumber * BAUD_STEP,
  }
}

export function encodeSystemParameters(parameters: SystemParameters): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(SYSTEM_PARAMETER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, parameters.status)
  view.setUint16(2, parameters.systemId)
  view.setUint16(4, parameters.librarySize)
  view.setUint16(6, parameters.securityLevel)
  view.setUint32(8, parameters.address)
  view.setUint16(12, PACKET_SIZES_BYTES.indexOf(parameters.packetSizeBytes))
  view.setUint16(14, parameters.baud / BAUD_STEP)
  return bytes
}
