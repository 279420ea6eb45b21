import type { Sensor } from "@sourceprint/capture/sensor.js"
import { delay } from "@sourceprint/core/async/delay.js"
import { AppError, hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"

/** One touch, as a file that the protocol carries. */
export interface FingerCapture {
  readonly image: Uint8Array
  readonly takenAtMs: number
}

export interface CaptureWatch {
  /** Aborted: nobody waits for the finger any more. */
  readonly signal?: AbortSignal
  /** Called when a finger lies on the platen and its image is about to be read. */
  capturing?(): void
}

/** Where a client's touches come from: a sensor, or recorded images in a trial. */
export interface FingerSource {
  /** Waits for a touch. @throws AppError "client/no-touch" when none came in `withinMs` or the signal was aborted
   *  first, "sensor/…", "transport/…" */
  capture(withinMs: number, watch?: CaptureWatch): Promise<FingerCapture>
  close(): Promise<void>
}

const LOOK_EVERY_MS = 80

/** Touches of a sensor. A sensor that was unplugged is waited for, once a touch. The finger has to leave the platen
 *  between two touches, so that one press is never sent twice. */
export function sensorSource(sensor: Sensor, logLine: (text: string) => void): FingerSource {
  let lifted = true
  const looked = async (withinMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const endMs = performance.now() + withinMs
    const over = (): boolean => performance.now() > endMs || signal?.aborted === true
    while (!lifted) {
      lifted = !(await sensor.look())
      if (over()) throw new AppError("client/no-touch", "the finger was not lifted off the scanner")
    }
    while (!(await sensor.look())) {
      if (over()) throw new AppError("client/no-touch", "no finger was placed on the scanner")
      await delay(LOOK_EVERY_MS)
    }
    lifted = false
  }
  const once = async (withinMs: number, watch: CaptureWatch): Promise<FingerCapture> => {
    await looked(withinMs, watch.signal)
    watch.capturing?.()
    const { image, capturedAtMs } = await sensor.read()
    return { image: encodeBmp(image), takenAtMs: capturedAtMs }
  }
  return {
    async capture(withinMs, watch = {}) {
      try {
        return await once(withinMs, watch)
      } catch (error) {
        if (!(error instanceof AppError) || hasCode(error, "client/no-touch")) throw error
        if (!error.code.startsWith("transport/") && !hasCode(error, "sensor/no-answer")) throw error
        logLine("the scanner is gone; plug it in again")
        await sensor.reconnect()
        lifted = true
        return once(withinMs, watch)
      }
    },
    close: () => sensor.close(),
  }
}
