import { AppError } from "@sourceprint/core/errors.js"
import type { Log } from "@sourceprint/core/log.js"
import { sensorOf } from "../fingerprint/registry.js"
import type { Sensor } from "../sensor.js"
import { transportOf } from "../transport/open-transport.js"
import type { ScannerPlan, SessionPlan } from "./plan.js"

/** The sensor of a plan's scanner, open and proven; a module that carries another unit's label is refused: its images
 *  would go under the wrong name. @throws AppError "transport/…" | "sensor/…" */
export async function openPlannedSensor(scanner: ScannerPlan, plan: SessionPlan, log?: Log): Promise<Sensor> {
  const { baud, address, password } = scanner
  const sensor = await sensorOf(scanner.sensor).open(transportOf(scanner.port), {
    baud,
    address,
    password,
    expansion: plan.expansion,
    ...(log === undefined ? {} : { log }),
  })
  const label = await sensor.readLabel()
  if (label === undefined || label === scanner.id) return sensor
  await sensor.close()
  const cure = "swap the ports in the plan, use /dev/serial/by-id names, or write the label again with capture label"
  const text = `the scanner on ${scanner.port} is labelled ${label}, the plan says ${scanner.id}; ${cure}`
  throw new AppError("sensor/other-unit", text)
}
