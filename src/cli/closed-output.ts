import { systemCode, systemFault } from "@sourceprint/core/files/system-fault.js"

/** The reader has gone: `| head -3` has what it wanted, a terminal was closed. */
const READER_GONE: ReadonlySet<string> = new Set(["EPIPE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EIO"])

/** Standard output and error may be closed by whoever reads them, and that ends nothing: what is printed from then on
 *  is dropped, and the work goes on to its end and its exit code. A stream that cannot be written for another cause
 *  (its file lies on a full disk) is named on the other one, and the exit code becomes 1. */
export function outliveClosedOutput(): void {
  const streams = [
    { stream: process.stdout, other: process.stderr, name: "standard output" },
    { stream: process.stderr, other: process.stdout, name: "standard error" },
  ]
  for (const { stream, other, name } of streams) {
    let told = false
    stream.on("error", (error) => {
      if (READER_GONE.has(systemCode(error)) || told) return
      told = true
      process.exitCode = 1
      other.write(`sourceprint: ${name} cannot be written: ${systemFault(error) ?? error.message}\n`)
    })
  }
}
