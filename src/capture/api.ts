/** What other programs may use of this package; its other files may change with every version.
 *  @packageDocumentation */
export { defaultSensor, sensorOf, sensors } from "./fingerprint/registry.js"
export { HeldGlass } from "./fingerprint/twin/device/glass.js"
export { memoryTwin } from "./fingerprint/twin/device/serve-memory.js"
export { type ServedTwin, serveTwinTcp } from "./fingerprint/twin/device/serve-tcp.js"
export { ScannerSettings } from "./fingerprint/twin/scanner-settings.js"
export { SyntheticTouches } from "./fingerprint/twin/synthetic-touches.js"
export type { TouchImage, TouchRequest } from "./fingerprint/twin/touch.js"
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
