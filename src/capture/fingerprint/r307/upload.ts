import { concat } from "@sourceprint/core/bytes.js"
import { AppError } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import type { Command } from "./instructions.js"
import type { R307Link } from "./link.js"

export interface Upload {
  readonly payload: Uint8Array
  readonly transfers: number
}

export interface UploadOptions {
  readonly expectedBytes: number
  readonly packetSizeBytes: number
  /** Throws when a payload of this size cannot be the thing asked for. */
  readonly requireSize: (sizeBytes: number) => void
  readonly maxTransfers: number
  readonly log: Log
}

/** Errors after which the same transfer may simply be asked for again. */
const transient = new Set(["sensor/transfer", "sensor/no-answer", "sensor/bad-answer", "sensor/receive"])
transient.add("image/geometry").add("image/packets")

/** Reads an image or a template from the device's buffer, again if need be: the buffer keeps its content. A transfer is
 *  taken at once when the line was clean from its acknowledgement to its last byte and no transfer before it failed.
 *  After any sign of noise two transfers must agree bit for bit, since a 16-bit sum misses flips that cancel out.
 *  @throws AppError of the last failed transfer, "sensor/unstable" when no two transfers agree, "transport/…" */
export async function upload(link: R307Link, command: Command<void>, options: UploadOptions): Promise<Upload> {
  const candidates: Uint8Array[] = []
  let lastError: unknown
  for (let transfers = 1; transfers <= options.maxTransfers; transfers++) {
    try {
      const { payload, clean } = await transferOnce(link, command, options)
      if ((clean && transfers === 1) || candidates.some((other) => same(other, payload))) {
        return { payload, transfers }
      }
      candidates.push(payload)
      options.log.warn("r307.noisy-transfer", { port: link.transport.name, transfer: transfers })
    } catch (error) {
      if (!(error instanceof AppError) || !transient.has(error.code)) throw error
      lastError = error
      options.log.warn("r307.failed-transfer", {
        port: link.transport.name,
        transfer: transfers,
        why: error.message,
      })
    }
    await link.settle()
  }
  if (candidates.length === 0 && lastError !== undefined) throw lastError
  const cure = "run capture tune, use a shorter cable or a lower speed"
  const seen = `${options.maxTransfers} transfers, no two of which agree`
  throw new AppError("sensor/unstable", `${link.transport.name}: the line is too noisy (${seen}); ${cure}`)
}

async function transferOnce(
  link: R307Link,
  command: Command<void>,
  options: UploadOptions,
): Promise<{ payload: Uint8Array; clean: boolean }> {
  await link.command(command)
  const before = link.noise
  const bodies = await link.receiveData(options.expectedBytes, options.packetSizeBytes)
  const after = link.noise
  const sizes = new Set(bodies.slice(0, -1).map((body) => body.length))
  if (sizes.size > 1 || (bodies.at(-1)?.length ?? 0) > Math.max(...sizes, 0, bodies.length === 1 ? 256 : 0)) {
    throw new AppError("image/packets", `${link.transport.name} sent packets of mixed sizes`)
  }
  const payload = concat(bodies)
  const skippedBytes = after.skippedBytes - before.skippedBytes
  const badFrames = after.badFrames - before.badFrames
  const clean = skippedBytes === 0 && badFrames === 0
  try {
    options.requireSize(payload.length)
  } catch (cause) {
    if (clean) throw cause
    const seen = `${badFrames} damaged frames, ${skippedBytes} bytes of noise`
    const text = `${link.transport.name}: a transfer is damaged (${seen}); check the cable or run capture tune`
    throw new AppError("sensor/transfer", text, { cause })
  }
  return { payload, clean }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
