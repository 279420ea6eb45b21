import { AppError } from "@sourceprint/core/errors.js"
import h5wasm, { type File } from "h5wasm"

let opened = 0

/** The library prints what fails unless it is told to throw. */
function open(name: string, mode: "r" | "w", beStrict: () => unknown, beLax: () => unknown): File {
  beStrict()
  try {
    return new h5wasm.File(name, mode)
  } catch (cause) {
    throw new AppError("interchange/file", "it is no HDF5 file, or a broken one", { cause })
  } finally {
    beLax()
  }
}

/** Opens an HDF5 file in the memory of h5wasm, whose file system is not the computer's: links to other files lead
 *  nowhere. `use` gets the open file; the result is its answer and the file's bytes afterwards.
 *  @param bytes of a file to read; absent: a new one
 *  @throws AppError "interchange/file" for bytes that are no HDF5 */
export async function withHdf5<T>(
  bytes: Uint8Array | undefined,
  use: (file: File) => T,
): Promise<{ answer: T; bytes: Uint8Array }> {
  const { FS, activate_throwing_error_handler: beStrict, deactivate_throwing_error_handler: beLax } = await h5wasm.ready
  const name = `model-${opened++}.h5`
  if (bytes !== undefined) FS.writeFile(name, bytes)
  try {
    const file = open(name, bytes === undefined ? "w" : "r", beStrict, beLax)
    let answer: T
    try {
      answer = use(file)
    } finally {
      file.close()
    }
    return { answer, bytes: bytes ?? FS.readFile(name) }
  } finally {
    FS.unlink(name)
  }
}
