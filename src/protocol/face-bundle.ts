import { concat, u32 } from "@sourceprint/core/bytes.js"
import { ByteReader } from "./byte-reader.js"
import { blob32, u8 } from "./message-fields.js"

/** One picture of a face capture: a JPEG, PNG or WebP file, not mirrored. */
export interface FaceFrame {
  /** Since the capture time, rising from frame to frame. */
  readonly offsetMs: number
  readonly image: Uint8Array
}

export const MAX_FACE_FRAMES = 24
/** A faceCapture with all its frames has to fit into one frame of the session (512 KiB). */
export const MAX_FACE_BUNDLE_BYTES = 512 * 1024 - 256

/** bundle = count u8 ‖ count × (offset u32 ‖ image blob32). @throws RangeError for too many frames or bytes */
export function encodeFaceBundle(frames: readonly FaceFrame[]): Uint8Array<ArrayBuffer> {
  if (frames.length < 1 || frames.length > MAX_FACE_FRAMES) {
    throw new RangeError(`a face capture has 1 to ${MAX_FACE_FRAMES} frames, not ${frames.length}`)
  }
  const parts = frames.flatMap(({ offsetMs, image }) => [u32(offsetMs), blob32(image)])
  const bundle = concat([u8(frames.length), ...parts])
  if (bundle.length > MAX_FACE_BUNDLE_BYTES) {
    throw new RangeError(`the frames have ${bundle.length} bytes, at most ${MAX_FACE_BUNDLE_BYTES} fit`)
  }
  return bundle
}

/** Undefined for anything malformed, an empty image, or times that do not rise. */
export function decodeFaceBundle(bytes: Uint8Array): readonly FaceFrame[] | undefined {
  const reader = new ByteReader(bytes)
  const count = reader.u8()
  reader.require(count >= 1 && count <= MAX_FACE_FRAMES && bytes.length <= MAX_FACE_BUNDLE_BYTES)
  const frames: FaceFrame[] = []
  for (let i = 0; i < Math.min(count, MAX_FACE_FRAMES); i++) {
    const offsetMs = reader.u32()
    const image = reader.blob32()
    reader.require(image.length > 0 && (i === 0 || offsetMs > frames[i - 1].offsetMs))
    frames.push({ offsetMs, image })
  }
  return reader.finish(frames)
}
