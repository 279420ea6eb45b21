// Reads one image from a sensor into touch.bmp: node examples/read-sensor.mjs [r503 /dev/ttyUSB0|tcp://host:port]
// Without arguments it reads from the simulated twin of an R307, with a simulated finger on it.
import { writeFile } from "node:fs/promises"
import { HeldGlass, memoryTwin, ScannerSettings, SyntheticTouches, sensorOf, transportOf } from "@sourceprint/capture"
import { encodeBmp } from "@sourceprint/core"

const [id = "r307", port] = process.argv.slice(2)
const entry = sensorOf(id)

function twin() {
  const touches = new SyntheticTouches(1, ScannerSettings.parse({ model: entry.twinModel }))
  const platen = new HeldGlass()
  platen.place(touches.touch({ finger: "ada/right-index", unit: "unit-1", session: 1, impression: 1 }).nibbles)
  return memoryTwin(entry.twin("unit-1", platen))
}

const sensor = await entry.open(port === undefined ? twin() : transportOf(port))
try {
  while (!(await sensor.look()));
  const { image } = await sensor.read()
  await writeFile("touch.bmp", encodeBmp(image))
  console.log(`${sensor.model}: ${image.width} × ${image.height} px at ${image.dpi} dpi -> touch.bmp`)
} finally {
  await sensor.close()
}
