/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { defaultSensor, sensorOf, sensors } from "./fingerprint/registry.js"
export { HeldPlaten } from "./fingerprint/twin/device/platen.js"
export { memoryTwin } from "./fingerprint/twin/device/serve-memory.js"
export { type ServedTwin, serveTwinTcp } from "./fingerprint/twin/device/serve-tcp.js"
export type { ImpressionImage, ImpressionRequest } from "./fingerprint/twin/impression.js"
export { ScannerSettings } from "./fingerprint/twin/scanner-settings.js"
export { SyntheticImpressions } from "./fingerprint/twin/synthetic-impressions.js"
export type {
  Acquisition,
  CapturedImage,
  LedSetting,
  LineSettings,
  Sensor,
  SensorOptions,
  TuneReport,
  TuneTrial,
} from "./sensor.js"
export type { SensorEntry } from "./sensor-entry.js"
export { transportOf } from "./transport/open-transport.js"
export { type SerialPortName, serialPorts } from "./transport/serial-ports.js"
export type { Transport, TransportListener } from "./transport.js"
