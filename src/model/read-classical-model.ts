import { AppError } from "@sourceprint/core/errors.js"
import type { ClassicalKind, ClassicalModel } from "./classical-model.js"
import { readGaussianModel } from "./gaussian-model.js"
import { readLinearModel } from "./linear-model.js"
import { readNoiseReference } from "./noise-reference.js"
import { readUnitWitness, unitWitnessModel } from "./unit-witness.js"

const readers: Readonly<Record<ClassicalKind, (files: ReadonlyMap<string, Uint8Array>) => ClassicalModel>> = {
  "noise-reference-v1": readNoiseReference,
  "noise-reference-v2": (files) => unitWitnessModel(readUnitWitness(files)),
  "linear-v1": readLinearModel,
  "gaussian-v1": readGaussianModel,
}

/** The kinds that any program of this version can read. */
export const classicalKinds: readonly string[] = Object.keys(readers)

/** A classical model from the files that its `files()` gave.
 *  @throws AppError "model/broken" for files that do not fit, "model/kind" for a kind that this version cannot read */
export function readClassicalModel(kind: string, files: ReadonlyMap<string, Uint8Array>): ClassicalModel {
  const read = Object.hasOwn(readers, kind) ? readers[kind as ClassicalKind] : undefined
  if (read === undefined)
    throw new AppError(
      "model/kind",
      `no reader for a model of kind "${kind}"; known: ${classicalKinds.join(", ")}; a plug-in reads its own`,
    )
  return read(files)
}
