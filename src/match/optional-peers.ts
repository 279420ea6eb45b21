import { AppError } from "@sourceprint/core/errors.js"

const openCv = "@techstark/opencv-js@4.12.0-release.1"
const faceModels = ["@sourceprint/engine", "@tensorflow/tfjs@4.22.0", "@vladmandic/face-api@1.7.15"] as const
/** What users of each part install beside this package, as its package.json pins it. */
export const optionalPeers = {
  "orb-harris": [openCv],
  faces: faceModels,
  "lbph-haar": [openCv, ...faceModels],
} as const

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code))

/** Runs `load`, which imports optional peers.
 *  @throws AppError "match/missing-package" with the command that installs them */
export async function withPeers<T>(part: keyof typeof optionalPeers, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    if (!isMissing(cause)) throw cause
    const command = `npm install ${optionalPeers[part].join(" ")}`
    throw new AppError("match/missing-package", `${part} needs packages that are not here: ${command}`, {
      cause,
    })
  }
}
