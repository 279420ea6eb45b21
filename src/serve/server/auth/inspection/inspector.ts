import type { LivenessAction } from "@sourceprint/match/face/liveness/check-actions.js"
import type { ScannerVerdict } from "@sourceprint/model/predictor.js"
import type { TamperVerdict } from "@sourceprint/model/tamper-detector.js"

export interface InspectionRequest {
  /** An image file as the device sent it. */
  readonly image: Uint8Array
  /** Templates of the claimed account, unsealed. */
  readonly references: readonly Uint8Array[]
  readonly scannerId: string
  /** Templates of the touches that came before in this attempt. */
  readonly earlier?: readonly Uint8Array[]
}

/** Everything that checks 8 to 13 need, computed in one go so that time does not tell which of them failed. */
export interface Inspection {
  /** Quality of the image in [0, 100]; `acceptable` is the gate's word, false too when the image does not decode. */
  readonly quality: number
  readonly acceptable: boolean
  /** What the gate asks for; quality >= floor is acceptable. */
  readonly qualityFloor: number
  /** Best similarity over the references and the calibrated threshold; accepted when score >= threshold. */
  readonly score: number
  readonly scoreThreshold: number
  /** Undefined where the matcher has no duplicate detection. */
  readonly duplicate: DuplicateVerdict | undefined
  /** The template of this touch; undefined where the image gives none. */
  readonly probe: Uint8Array | undefined
  /** Undefined when no promoted model answers for this scanner. */
  readonly scanner: ScannerVerdict | undefined
  /** Whether the image is as it left a sensor; undefined where no tamper detector is there to say. */
  readonly tamperDetector?: TamperVerdict | undefined
  /** Whether the image is of a finger and not of an artefact; undefined where no liveness model is there to say. */
  readonly liveness?: ScannerVerdict | undefined
  /** CPU time by stage in ms: decode, extract, compare, scanner. */
  readonly stageMs: Readonly<Record<string, number>>
}

/** How near a touch comes to being a picture of one that is known. */
export interface DuplicateVerdict {
  /** Least stretch of the skin against any reference or earlier touch, pixels; a copy when below the bound. Undefined
   *  where it overlaps none of them enough to say. */
  readonly distortionPx: number | undefined
  readonly boundPx: number
  /** False where an earlier touch of this attempt overlaps it too little to say. */
  readonly comparable: boolean
}

export interface EnrolmentInspection {
  /** Absent when the images do not show one finger well enough. */
  readonly template: Uint8Array | undefined
  /** What to say: "quality" or "finger" when there is no template. */
  readonly reason: "quality" | "finger" | undefined
}

export interface FaceRequest {
  /** Image files in the order of time. */
  readonly frames: readonly Uint8Array[]
  readonly actions: readonly LivenessAction[]
  /** Templates of the claimed account, unsealed; empty where nobody is to be matched. */
  readonly references: readonly Uint8Array[]
  /** Whether a template is wanted. */
  readonly enrols: boolean
}

export interface FaceInspection {
  /** The first check that failed, in this order. */
  readonly fault: "quality" | "liveness" | "person" | "face" | undefined
  /** Numbers and short words for the audit log: values and their thresholds. */
  readonly detail: Readonly<Record<string, string | number>>
  /** Where one was wanted and nothing failed. */
  readonly template: Uint8Array | undefined
}

/** Judges face captures; the product's runs in worker threads of its own (`face-inspection-pool.ts`). Never throws for
 *  an image, however broken. */
export interface FaceInspector {
  readonly matcherId: string
  /** @param onLooked told now and then how many frames were looked at, whatever was found in them */
  judge(request: FaceRequest, onLooked?: (frames: number) => void): Promise<FaceInspection>
  close(): Promise<void>
}

/** Judges images. The product's runs in worker threads (`inspection-pool.ts`); it comes in from `cli` with matcher and
 *  models chosen. Both calls may take as long as they like and never throw for an image, however broken. */
export interface Inspector {
  /** Absent where no policy asks for a face. */
  readonly faces?: FaceInspector
  readonly matcherId: string
  inspect(request: InspectionRequest): Promise<Inspection>
  /** Images of one finger, at least one -> the template to keep. */
  enrol(images: readonly Uint8Array[]): Promise<EnrolmentInspection>
  close(): Promise<void>
}
