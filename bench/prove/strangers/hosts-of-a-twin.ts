import { constants } from "node:fs"
import { open, readlink } from "node:fs/promises"
import { join } from "node:path"
import { memoryTwin } from "@sourceprint/capture/fingerprint/twin/device/serve-memory.js"
import { canServeTerminal, serveTwinTerminal } from "@sourceprint/capture/fingerprint/twin/device/serve-terminal.js"
import { transportOf } from "@sourceprint/capture/transport/open-transport.js"
import { concat, toHex } from "@sourceprint/core/bytes.js"
import { commandFrame, driveTwin, withoutDrivers } from "../../../test/support/drive-twin.js"
import { until } from "../../../test/support/patience.js"
import { ridgePattern } from "../../../test/support/ridge-pattern.js"
import { twinWithPlaten } from "../../../test/support/twin.js"
import type { Outcome, StrangerCase } from "./stranger-case.js"

const [genImg, upImage, templateNum] = [commandFrame(0x01), commandFrame(0x0a), commandFrame(0x1d)]

/** One host asks for a touch, and more, and leaves before it reads an answer; the next one asks for a number. */
async function leftUnread(folder: string, ...more: readonly Uint8Array[]): Promise<Outcome> {
  const { device, platen } = twinWithPlaten()
  platen.place(ridgePattern(1))
  const link = join(folder, "tty")
  const served = await serveTwinTerminal(device, link)
  try {
    const terminal = await readlink(link)
    const first = await open(link, constants.O_RDWR | constants.O_NOCTTY)
    await first.write(genImg)
    await until(async () => (await readlink(link)) !== terminal, "the next terminal")
    await until(() => device.board.sensed !== undefined, "the touch")
    for (const frame of more) await first.write(frame)
    await first.close()
    const second = transportOf(link)
    const heard: Uint8Array[] = []
    await second.open({ bytes: (bytes) => heard.push(Uint8Array.from(bytes)), lost: () => {} })
    await second.write(templateNum)
    await until(() => concat(heard).length >= 14, "its own answer")
    await second.close()
    return { exitCode: 0, said: toHex(concat(heard)) }
  } finally {
    await served.close()
  }
}

/** Two touches, Match, and the status register behind it. */
async function matchedStatus(): Promise<Outcome> {
  const { device, platen } = twinWithPlaten()
  platen.place(ridgePattern(1))
  const line = memoryTwin(device)
  const heard: Uint8Array[] = []
  await line.open({ bytes: (bytes) => heard.push(Uint8Array.from(bytes)), lost: () => {} })
  const touches = [1, 2].flatMap((buffer) => [genImg, commandFrame(0x02, buffer)])
  for (const frame of [...touches, commandFrame(0x03), commandFrame(0x0f)]) await line.write(frame)
  await until(() => concat(heard).length >= 4 * 12 + 14 + 28, "six answers")
  await line.close()
  return { exitCode: 0, said: toHex(concat(heard).slice(-28)).slice(18, 28) }
}

/** Hosts of the twin that leave early, are slow, or read its register. */
export const hostCases: readonly StrangerCase[] = [
  {
    input: "a host of the pseudo-terminal leaves with an answer unread: the next one hears its own alone",
    skip: !canServeTerminal() && "socat is not installed (apt-get install socat)",
    attempt: (folder) => leftUnread(folder),
    must: { exitCode: 0, say: [/^ef01ffffffff070005000000000c$/] },
  },
  {
    input:
      "a host of the pseudo-terminal leaves with an image unread, more than a terminal holds: the next one is served",
    skip: !canServeTerminal() && "socat is not installed (apt-get install socat)",
    attempt: (folder) => leftUnread(folder, upImage),
    must: { exitCode: 0, say: [/^ef01ffffffff070005000000000c$/] },
  },
  {
    input: "status register after a match, with an image held",
    attempt: matchedStatus,
    must: { exitCode: 0, say: [/^00000a0009$/] },
  },
  {
    input: "pyfingerprint at the twin, 250 ms between two of its bytes",
    skip: withoutDrivers,
    async attempt() {
      const { exitCode, complaint } = await driveTwin("drive_slowly.py")
      return { exitCode: exitCode ?? 128, said: `${complaint}${exitCode === 0 ? "password and image taken" : ""}` }
    },
    must: { exitCode: 0, say: [/password and image taken/] },
  },
]
