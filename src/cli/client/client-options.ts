import { homedir } from "node:os"
import { join } from "node:path"
import type { Options } from "yargs"
import { sensorOption } from "../capture/sensor-options.js"

export const stateOption = {
  type: "string",
  requiresArg: true,
  default: join(homedir(), ".sourceprint"),
  defaultDescription: "~/.sourceprint",
  describe: "folder of the device key and the known servers",
} as const satisfies Options

export const scannerOption = {
  type: "string",
  requiresArg: true,
  describe: "serial port, tcp://host:port, or twin:<finger>@<unit> for a simulated one",
} as const satisfies Options

/** Options of enroll and login. */
export const clientOptions = {
  server: {
    type: "string",
    demandOption: true,
    requiresArg: true,
    describe: "host[:port], tls://host[:port]",
  },
  scanner: scannerOption,
  sensor: sensorOption,
  face: {
    type: "string",
    requiresArg: true,
    describe: "folder of recorded pictures of a face, to prove it instead of, or beside, a finger",
  },
  name: { type: "string", demandOption: true, requiresArg: true, describe: "the account's name" },
  "server-key": {
    type: "string",
    requiresArg: true,
    describe: "the server's identity, 64 hex digits; without it the first one seen is kept",
  },
  state: stateOption,
} satisfies Record<string, Options>
