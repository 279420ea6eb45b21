import { AppError } from "@sourceprint/core/errors.js"
import { BAUDS_BY_LIKELIHOOD } from "./constants.js"
import { vfyPwd } from "./instructions.js"
import type { R307Link } from "./link.js"

const PROBE_DEADLINE_MS = 300

/** Finds the speed at which the device answers, `first` before all others, and leaves the line there. Any intact
 *  acknowledgement counts, a refused password too.
 *  @returns the speed, or undefined where the line has no speed of its own (TCP) but the device answers
 *  @throws AppError "sensor/no-answer" when it is silent at every speed */
export async function probeBaud(link: R307Link, password: number, first: number): Promise<number | undefined> {
  const bauds = [first, ...BAUDS_BY_LIKELIHOOD.filter((baud) => baud !== first)]
  const tried: number[] = []
  for (const baud of bauds) {
    const settable = await link.transport.setBaud(baud).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "transport/baud") return undefined // this adapter cannot
      throw error
    })
    if (settable === undefined) continue
    link.baud = baud
    tried.push(baud)
    for (let attempt = 0; attempt < 2; attempt++) {
      await link.settle(20)
      if (await answers(link, password)) return settable ? baud : undefined
    }
    if (!settable) break
  }
  const { skippedBytes } = link.noise
  const heard =
    skippedBytes > 0
      ? `only noise came back (${skippedBytes} bytes): wrong speed at the far end, or another device`
      : "nothing came back: check power, that RX and TX cross, the ground wire, the port and the address"
  const speeds = tried.length > 1 ? ` at ${tried.join(", ")} baud` : ""
  throw new AppError("sensor/no-answer", `no ${link.model} answers on ${link.transport.name}${speeds}; ${heard}`)
}

async function answers(link: R307Link, password: number): Promise<boolean> {
  try {
    await link.command(vfyPwd(password), PROBE_DEADLINE_MS)
    return true
  } catch (error) {
    if (!(error instanceof AppError) || error.code.startsWith("transport/")) throw error
    return error.code !== "sensor/no-answer" && error.code !== "sensor/bad-answer"
  }
}
