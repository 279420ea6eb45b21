import { MemoryTransport } from "../../../transport/memory-transport.js"
import type { TwinDevice } from "./twin-device.js"

/** The twin at the end of a line inside this process. An unplugged twin is plugged in again after `replugMs`. */
export function memoryTwin(device: TwinDevice, replugMs = 0): MemoryTransport {
  const transport = new MemoryTransport()
  const { far } = transport
  const attach = (): void => {
    const unplug = (): void => {
      far.unplug()
      setTimeout(() => {
        far.plugIn()
        attach()
      }, replugMs)
    }
    device.attach({ send: far.send, unplug }, far.nearBaud)
  }
  far.onBytes = (bytes) => device.receive(bytes)
  attach()
  return transport
}
