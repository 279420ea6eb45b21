// Reads one image from a sensor into touch.bmp: node examples/read-sensor.mjs [r503 /dev/ttyUSB0|tcp://host:port]
// Without arguments it reads from the simulated twin of an R307, with a simulated finger on it.
import { writeFile } from "node:fs/promises"
import { HeldPlaten, memoryTwin, sensorOf, transportOf } from "@sourceprint/capture"
import { ScannerSettings, SyntheticImpressions } from "@sourceprint/capture"
import { encodeBmp } from "@sourceprint/core"

const [id = "r307", port] = process.argv.slice(2)
const entry = sensorOf(id)

function twin() {
  const impressions = new SyntheticImpressions(1, ScannerSettings.parse({ model: entry.twinModel }))
  const platen = new HeldPlaten()
  platen.place(impressions.impression({ finger: "ada/right-index", unit: "unit-1", session: 1, impression: 1 }).nibbles)
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
