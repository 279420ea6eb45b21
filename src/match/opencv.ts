import { AppError } from "@sourceprint/core/errors.js"
import cv from "@techstark/opencv-js"

export type OpenCv = typeof cv

const LOAD_TIMEOUT_MS = 30_000
let loading: Promise<{ readonly cv: OpenCv }> | undefined

/** OpenCV, compiled to WebAssembly, once a process. It comes in a box: the module has a `then` of its own that never
 *  settles, so awaiting it (or returning it from an async function) hangs. Seen with @techstark/opencv-js 4.12.
 *  @throws AppError "match/opencv" when it does not start within 30 s */
export function openCv(): Promise<{ readonly cv: OpenCv }> {
  loading ??= new Promise((resolve, reject) => {
    if (cv.Mat !== undefined) return resolve({ cv })
    const timeout = setTimeout(
      () => reject(new AppError("match/opencv", "OpenCV's WebAssembly module did not start; is memory short?")),
      LOAD_TIMEOUT_MS,
    )
    cv.onRuntimeInitialized = () => {
      clearTimeout(timeout)
      resolve({ cv })
    }
  })
  return loading
}

/** What cv.matFromArray takes: any list of numbers, though its type names arrays alone. */
export const numbersOf = (list: unknown): number[] => list as number[]

/** Runs `work` and deletes every native object that it registered with `keep`, whatever happens. */
export function withNative<T>(work: (keep: <N extends { delete(): void }>(native: N) => N) => T): T {
  const kept: { delete(): void }[] = []
  try {
    return work((native) => {
      kept.push(native)
      return native
    })
  } finally {
    for (const native of kept.reverse()) native.delete()
  }
}
