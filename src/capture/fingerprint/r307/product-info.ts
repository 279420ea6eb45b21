import { AppError } from "@sourceprint/core/errors.js"

/** What newer modules tell about themselves (ReadProdInfo). Source: Hangzhou Grow R503 user manual v1.2. */
export interface ProductInfo {
  readonly model: string
  readonly serial: string
  readonly sensorModel: string
  /** Size of the image in pixels; 0 where the module leaves it out. */
  readonly width: number
  readonly height: number
}

/** The fields end at byte 46; modules send 46 or, with 4 reserved bytes, 50. */
const PRODUCT_INFO_BYTES = 46

const ascii = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0)
  const text = String.fromCharCode(...(end === -1 ? bytes : bytes.subarray(0, end)))
  return text.replace(/[^\x20-\x7e]/g, "?").trim()
}

/** @throws AppError "sensor/bad-answer" when the answer is shorter than its fields */
export function parseProductInfo(bytes: Uint8Array): ProductInfo {
  if (bytes.length < PRODUCT_INFO_BYTES) {
    throw new AppError("sensor/bad-answer", `product information of ${bytes.length} bytes, 46 are needed`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    model: ascii(bytes.subarray(0, 16)),
    serial: ascii(bytes.subarray(20, 28)),
    sensorModel: ascii(bytes.subarray(30, 38)),
    width: view.getUint16(38),
    height: view.getUint16(40),
  }
}

export function encodeProductInfo(info: ProductInfo): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PRODUCT_INFO_BYTES)
  const put = (text: string, at: number, size: number): void => {
    for (let i = 0; i < Math.min(size, text.length); i++) bytes[at + i] = text.charCodeAt(i) & 0x7f
  }
  put(info.model, 0, 16)
  put(info.serial, 20, 8)
  put(info.sensorModel, 30, 8)
  const view = new DataView(bytes.buffer)
  view.setUint16(38, info.width)
  view.setUint16(40, info.height)
  return bytes
}
