import type { Log } from "../../shared/log.js"
import { R307Sensor } from "../fingerprint/r307/sensor.js"
import type { Sensor } from "../sensor.js"
import { transportOf } from "../transport/open-transport.js"
import type { ScannerPlan, SessionPlan } from "./plan.js"

/** The sensor of a plan's scanner, open and proven. @throws AppError "transport/…" | "sensor/…" */
export function openPlannedSensor(scanner: ScannerPlan, plan: SessionPlan, log?: Log): Promise<Sensor> {
  const { baud, address, password } = scanner
  return R307Sensor.open(transportOf(scanner.port), {
    baud,
    address,
    password,
    expansion: plan.expansion,
    ...(log === undefined ? {} : { log }),
  })
}
