import { AppError } from "@sourceprint/core/errors.js"
import type { Transport } from "../transport.js"
import { SerialTransport } from "./serial-transport.js"
import { TcpTransport } from "./tcp-transport.js"

/** A transport by its name: `tcp://host:port`, or the path of a serial port (`/dev/…`, `COM3`). It is not opened yet.
 *  @throws AppError "transport/name" */
export function transportOf(name: string): Transport {
  if (/^tcp:/i.test(name)) {
    const url = URL.canParse(name) ? new URL(name) : undefined
    if (url === undefined || url.hostname === "" || url.port === "") {
      throw new AppError("transport/name", `${name} is not an address; write tcp://host:port`)
    }
    return new TcpTransport(url.hostname.replace(/^\[|\]$/g, ""), Number(url.port))
  }
  if (/^(\/|\.{1,2}\/|COM\d+$|\\\\\.\\)/i.test(name)) return new SerialTransport(name)
  throw new AppError("transport/name", `${name} is not a port; write tcp://host:port or a path such as /dev/ttyUSB0`)
}
