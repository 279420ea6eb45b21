import type { Sensor } from "../../capture/sensor.js"
import { AppError, hasCode } from "../../shared/errors.js"
import { encodeBmp } from "../../shared/image/bmp.js"

/** One touch, as a file that the protocol carries. */
export interface Touch {
  readonly image: Uint8Array
  readonly takenAtMs: number
}

/** Where a client's touches come from: a sensor, or recorded images in a trial. */
export interface FingerSource {
  /** Waits for a touch. @throws AppError "client/no-touch" when none came in `withinMs`, "sensor/…", "transport/…" */
  touch(withinMs: number): Promise<Touch>
  close(): Promise<void>
}

const LOOK_EVERY_MS = 80

/** Touches of a sensor. A sensor that was unplugged is waited for, once a touch. The finger has to leave the glass
 *  between two touches, so that one press is never sent twice. */
export function sensorSource(sensor: Sensor, say: (text: string) => void): FingerSource {
  let lifted = true
  const looked = async (withinMs: number): Promise<void> => {
    const endMs = performance.now() + withinMs
    while (!lifted) {
      lifted = !(await sensor.look())
      if (performance.now() > endMs)
        throw new AppError("client/no-touch", "the finger was not lifted off the scanner")
    }
    while (!(await sensor.look())) {
      if (performance.now() > endMs)
        throw new AppError("client/no-touch", "no finger was placed on the scanner")
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    lifted = false
  }
  const once = async (withinMs: number): Promise<Touch> => {
    await looked(withinMs)
    const { image, capturedAtMs } = await sensor.read()
    return { image: encodeBmp(image), takenAtMs: capturedAtMs }
  }
  return {
    async touch(withinMs) {
      try {
        return await once(withinMs)
      } catch (error) {
        if (!(error instanceof AppError) || hasCode(error, "client/no-touch")) throw error
        if (!error.code.startsWith("transport/") && !hasCode(error, "sensor/no-answer")) throw error
        say("the scanner is gone; plug it in again")
        await sensor.reconnect()
        lifted = true
        return once(withinMs)
      }
    },
    close: () => sensor.close(),
  }
}
