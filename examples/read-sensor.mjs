// Reads one image from a sensor into touch.bmp: node examples/read-sensor.mjs [r307|r503|... /dev/ttyUSB0|tcp://host:port]
// Without arguments it reads from the simulated twin of an R307, with a simulated finger on it.
import { writeFile } from "node:fs/promises"
import { ScannerSettings, SyntheticTouches, sensorOf, serveTwinTcp, transportOf } from "@sourceprint/capture"
import { encodeBmp } from "@sourceprint/core"

const [id = "r307", port] = process.argv.slice(2)
const entry = sensorOf(id)

async function serveTwin() {
  const touches = new SyntheticTouches(1, ScannerSettings.parse({ model: entry.twinModel }))
  const { nibbles } = touches.touch({ finger: "ada/right-index", unit: "unit-1", session: 1, impression: 1 })
  return await serveTwinTcp(entry.twin("unit-1", { look: () => nibbles }))
}

const twin = port === undefined ? await serveTwin() : undefined
const sensor = await entry.open(transportOf(port ?? twin.name))
try {
  while (!(await sensor.look())) console.log("put a finger on the sensor")
  const { image } = await sensor.read()
  await writeFile("touch.bmp", encodeBmp(image))
  console.log(`${sensor.model}: ${image.width} × ${image.height} px at ${image.dpi} dpi -> touch.bmp`)
} finally {
  await sensor.close()
  await twin?.close()
}
