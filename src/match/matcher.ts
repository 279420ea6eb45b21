import { AppError } from "@sourceprint/core/errors.js"
import type { GrayImage, RgbImage } from "@sourceprint/core/image/gray-image.js"
import type { Trace } from "@sourceprint/core/trace.js"
import type { OperatingPoints } from "./operating-points.js"

/** What each modality's matchers look at. */
export interface ModalityImage {
  readonly fingerprint: GrayImage
  readonly face: GrayImage | RgbImage
}
/** What is compared: fingers or faces. */
export type Modality = keyof ModalityImage

/** Templates as bytes. `decode(encode(t))` compares exactly like `t`; a published version never changes meaning. */
export interface TemplateCodec<Template> {
  /** Counts up from 1; the first thing inside the bytes, so that an older reader refuses instead of misreading. */
  readonly version: number
  /** The bytes to keep; they begin with the version. */
  encode(template: Template): Uint8Array
  /** @throws AppError "match/template" for bytes that are cut, damaged or of another version */
  decode(bytes: Uint8Array): Template
}

/** One way of telling whether two images show the same finger or face. An id never changes meaning: a matcher whose
 *  scores change gets a new one. Matchers hold no state between calls; `load` of the registry did the slow part. */
export interface Matcher<Image, Template> {
  readonly id: string
  readonly modality: Modality
  /** One line for a list of matchers. */
  readonly summary: string
  /** One or several images of the same finger or face (at least one usable) -> the template kept as reference.
   *  @throws FailureToEnrol where no image is usable */
  enrol(images: readonly Image[], trace?: Trace): Promise<Template>
  /** One image -> the template that is compared with a reference. @throws FailureToEnrol */
  probe(image: Image, trace?: Trace): Promise<Template>
  /** Similarity: higher is more alike, finite and >= 0; 0 is also what a failure to enrol counts. */
  compare(reference: Template, probe: Template, trace?: Trace): number
  /** Image quality 0-100 of what went into the template: low values predict errors. */
  quality(template: Template): number
  readonly codec: TemplateCodec<Template>
  /** Optional first stage of 1:N search: see `GalleryIndex`. Absent: every reference is compared. */
  buildIndex?(references: readonly Template[]): GalleryIndex<Template>
  /** Templates as records that programs of others read. Absent: there is no such format. */
  readonly records?: RecordFormat<Template>
  /** Thresholds for named false-match rates. Absent: it has to be calibrated first. */
  readonly operatingPoints?: OperatingPoints
  /** Tells a picture of a touch, moved about, from another touch. Absent: this matcher cannot. */
  readonly duplicateTest?: DuplicateTest<Template>
}

/** A published format for one finger or face. */
export interface RecordFormat<Template> {
  readonly name: string
  /** Of files, with the dot. */
  readonly extension: string
  /** What the template of an image has and a record cannot carry. */
  readonly loses: string
  /** @param fingerPosition ISO/IEC 19794-1: 0 unknown, 1 right thumb ... 10 left little finger */
  encode(template: Template, options?: { readonly fingerPosition?: number }): Uint8Array
  /** @throws AppError with what is wrong */
  decode(bytes: Uint8Array): Template
  /** In words: what a record holds. */
  describe(template: Template): string
}

/** Skin is stretched again in every touch, a picture of a touch is not. */
export interface DuplicateTest<Template> {
  /** How far the skin of the two touches was stretched against each other, pixels at the matcher's working scale;
   *  undefined where too little can be compared. */
  distortionPx(a: Template, b: Template): number | undefined
  /** Below it the two are one picture. */
  readonly boundPx: number
}

/** Finds the references worth a full comparison. */
export interface GalleryIndex<Template> {
  /** Positions in the gallery, most promising first, at most `count`. */
  shortlist(probe: Template, count: number): readonly number[]
}

/** Why an image gives no template. */
export type FailureReason =
  | "too-small"
  | "too-large"
  | "no-contrast"
  | "no-fingerprint"
  | "too-few-minutiae"
  | "no-face"
  | "several-faces"
  | "low-quality"

/** ISO/IEC 2382-37 failure to enrol; in a benchmark it scores 0 against all. */
export class FailureToEnrol extends AppError<"match/failure-to-enrol"> {
  readonly reason: FailureReason
  constructor(reason: FailureReason, message: string, options?: { cause?: unknown }) {
    super("match/failure-to-enrol", `${message} (${reason})`, options)
    this.reason = reason
  }
}
