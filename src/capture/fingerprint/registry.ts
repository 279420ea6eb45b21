import { AppError } from "@sourceprint/core/errors.js"
import type { SensorEntry } from "../sensor-entry.js"
import { familySensor } from "./r307/family-sensor.js"
import { as608 } from "./r307/profiles/as608.js"
import { r305 } from "./r307/profiles/r305.js"
import { r307 } from "./r307/profiles/r307.js"
import { r503 } from "./r307/profiles/r503.js"
import { zfm20 } from "./r307/profiles/zfm-20.js"

/** What is meant where no sensor is named: on the command line, in plans, in records. */
export const defaultSensor: SensorEntry = familySensor(r307)

const entries: readonly SensorEntry[] = [defaultSensor, ...[r503, r305, as608, zfm20].map(familySensor)]

/** Every sensor that a command or a plan can name. */
export const sensors: ReadonlyMap<string, SensorEntry> = new Map(entries.map((entry) => [entry.id, entry]))

/** @throws AppError "sensor/unknown" */
export function sensorOf(id: string): SensorEntry {
  const entry = sensors.get(id)
  if (entry !== undefined) return entry
  throw new AppError("sensor/unknown", `there is no sensor ${id}; known: ${[...sensors.keys()].join(", ")}`)
}
