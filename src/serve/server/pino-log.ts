import type { Log, LogFields } from "@sourceprint/core/log.js"
import { type DestinationStream, pino } from "pino"

/** Log as JSON lines. `LogFields` admits plain values only, so a key, an image or a template cannot be passed in. */
export function pinoLog(level: "debug" | "info" | "warn" | "error", destination?: DestinationStream): Log {
  const logger = destination === undefined ? pino({ level, base: null }) : pino({ level, base: null }, destination)
  return {
    debug: (event: string, fields?: LogFields) => logger.debug(fields ?? {}, event),
    info: (event: string, fields?: LogFields) => logger.info(fields ?? {}, event),
    warn: (event: string, fields?: LogFields) => logger.warn(fields ?? {}, event),
    error: (event: string, fields?: LogFields) => logger.error(fields ?? {}, event),
  }
}
