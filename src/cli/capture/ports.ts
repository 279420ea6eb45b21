import { serialPorts } from "@sourceprint/capture/transport/serial-ports.js"
import type { CommandModule } from "yargs"
import { textTable } from "../text-table.js"

export const capturePortsCommand: CommandModule = {
  command: "ports",
  describe: "List serial ports; names by id stay with the adapter",
  handler: async () => {
    const ports = await serialPorts()
    if (ports.length === 0) {
      console.log("no serial port; plug the adapter in, or use tcp://host:port (a twin: sourceprint twin serve)")
      return
    }
    const rows = ports.map(({ path, device, stable }) => [path, device, stable ? "yes" : "no"])
    console.log(textTable(["name for a plan", "device", "stays with the adapter"], rows))
  },
}
