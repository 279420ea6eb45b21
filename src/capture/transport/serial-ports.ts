import { readdir, realpath } from "node:fs/promises"
import { join } from "node:path"

/** A serial port of this machine. */
export interface SerialPortName {
  /** The name to put into a plan: by-id where there is one. */
  readonly path: string
  /** The kernel's name, which may change when adapters are plugged in in another order. */
  readonly device: string
  /** True when `path` stays with the adapter. */
  readonly stable: boolean
}

/** Serial ports of this machine, read from /dev: serialport's own `list()` throws uncaught where `udevadm` is missing.
 *  `root` is for tests. */
export async function serialPorts(root = "/"): Promise<readonly SerialPortName[]> {
  const found = new Map<string, SerialPortName>()
  const byId = join(root, "dev/serial/by-id")
  for (const name of (await namesIn(byId)).sort()) {
    const path = join(byId, name)
    const device = await realpath(path).catch(() => undefined) // a link whose adapter just left
    if (device !== undefined) found.set(device, { path, device, stable: true })
  }
  for (const name of (await namesIn(join(root, "dev"))).sort()) {
    if (!/^(ttyUSB|ttyACM|ttyAMA|ttyS|serial|cu\.)\d*/.test(name) || name === "serial") continue
    const path = join(root, "dev", name)
    const device = await realpath(path).catch(() => path)
    if (!found.has(device)) found.set(device, { path, device, stable: false })
  }
  return [...found.values()]
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
