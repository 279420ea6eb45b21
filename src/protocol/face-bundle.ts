import { blob32, list, nested, struct, u8, u32, type Values, where, whole } from "./codec.js"

export const MAX_FACE_FRAMES = 24
/** A faceCapture with all its frames has to fit into one frame of the session (512 KiB). */
export const MAX_FACE_BUNDLE_BYTES = 512 * 1024 - 256

const frameFields = {
  /** Since the capture time, rising from frame to frame. */
  offsetMs: u32,
  image: where(blob32(), (image) => image.length > 0, "a picture"),
} as const
/** One picture of a face capture: a JPEG, PNG or WebP file, not mirrored. */
export type FaceFrame = Values<typeof frameFields>

const frames = where(
  list(struct(frameFields), MAX_FACE_FRAMES, u8),
  (all) => all.length > 0 && all.every(({ offsetMs }, i) => offsetMs > (all[i - 1]?.offsetMs ?? -1)),
  `1 to ${MAX_FACE_FRAMES} frames in the order of their times`,
)
export const faceBundle = nested(frames, MAX_FACE_BUNDLE_BYTES)
/** What a capture's hash covers: count u8 ‖ count × (offset u32 ‖ image blob32). */
export const faceBundleBytes = whole(frames)
