import { open, rename, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { contentId } from "@sourceprint/core/canonical-json.js"
import type { Sample } from "@sourceprint/core/dataset/sample.js"
import { defined } from "@sourceprint/core/defined.js"
import { AppError, messageOf } from "@sourceprint/core/errors.js"
import { makeFolder } from "@sourceprint/core/files/make-folder.js"
import { temporaryBeside } from "@sourceprint/core/files/temporary-beside.js"
import type { GrayImage } from "@sourceprint/core/image/gray-image.js"
import { readGrayImage } from "@sourceprint/core/image/read-image.js"
import { noProgress, type Progress } from "@sourceprint/core/progress.js"
import { type InputContract, regionSize, rowsPerImage } from "@sourceprint/model/input-contract.js"
import { encodeRegion, rowLength } from "@sourceprint/model/view/encode-image.js"
import { regionOf } from "@sourceprint/model/view/patches.js"

/** Decoding, cropping and features are done once a run and shared by all jobs through files of equal-sized records,
 *  one an image, in the order of the selected samples: grey regions (bytes) for every contract, and encoded rows
 *  (float32) where encoding is the costly part. They live in the run's `inputs/` until it is finished, so no stale file
 *  of an older program can ever reach a model. Names begin with "ordered" since samples have a canonical order (0.3.0):
 *  a run that an older program began holds files in another order. */

/** Pixels are encoded in microseconds and take four times the room: those are made when they are needed. */
const keepsRows = ({ encoding }: InputContract): boolean => encoding.kind !== "pixels"

/** Where images come from. */
export interface ImageSource {
  /** Names what was done to the images and which they are; empty: the dataset's own, as they are. */
  readonly key: string
  image(sample: Sample): Promise<GrayImage>
}

/** The images of a dataset as they are. */
export const datasetImages = (folder: string): ImageSource => ({
  key: "",
  image: ({ path }) => readGrayImage(join(folder, path)),
})

const keyed = (key: string, content: unknown): string => contentId(key === "" ? content : { content, key })
const regionsPath = (folder: string, { region }: InputContract, key: string): string =>
  join(folder, `ordered-regions-${keyed(key, region)}.u8`)
const rowsPath = (folder: string, contract: InputContract, key: string): string =>
  join(folder, `ordered-rows-${keyed(key, { ...contract, vote: undefined })}.f32`)

const regionBytes = ({ region }: InputContract): number => {
  const { widthPx, heightPx } = regionSize(region)
  return widthPx * heightPx
}
const rowsBytes = (contract: InputContract): number => 4 * rowsPerImage(contract) * rowLength(contract)

/** A file being written under another name, so that whoever finds the final name finds it whole. Two processes that
 *  make the same file at once both succeed: the content is the same. */
async function writeRecords(
  path: string,
  count: number,
  record: (index: number) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const temporary = temporaryBeside(path)
  const file = await open(temporary, "w")
  try {
    for (let i = 0; i < count; i++) await file.write(await record(i))
    await file.sync()
    await file.close()
    await rename(temporary, path)
  } catch (cause) {
    await file.close().catch(() => {}) // the first error is the one to report
    await rm(temporary, { force: true })
    if (cause instanceof AppError) throw cause
    throw new AppError("inputs/write", `cannot write ${path}: ${messageOf(cause)}`, { cause })
  }
}

const isWhole = async (path: string, sizeBytes: number): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.size === sizeBytes

/** Makes whatever the contracts need and is not there yet.
 *  @throws AppError "image/unreadable" that names the image */
export async function prepareInputs(
  folder: string,
  source: ImageSource,
  samples: readonly Sample[],
  contracts: readonly InputContract[],
  progress: Progress = noProgress,
): Promise<void> {
  await makeFolder(folder)
  const { key } = source
  const perRegion = new Map(contracts.map((contract) => [regionsPath(folder, contract, key), contract]))
  const perRows = new Map(contracts.filter(keepsRows).map((contract) => [rowsPath(folder, contract, key), contract]))
  let done = 0
  const step = (): void => progress.update(++done)
  progress.start((perRegion.size + perRows.size) * samples.length, "images prepared")
  for (const [path, contract] of perRegion) {
    if (await isWhole(path, samples.length * regionBytes(contract))) continue
    await writeRecords(path, samples.length, async (i) => {
      const image = await source.image(defined(samples[i]))
      step()
      return regionOf(image, contract.region).pixels
    })
  }
  for (const [path, contract] of perRows) {
    if (await isWhole(path, samples.length * rowsBytes(contract))) continue
    const regions = await readRegions(folder, contract, [...samples.keys()], key)
    await writeRecords(path, samples.length, (i) => {
      const rows = encodeRegion(defined(regions[i]), contract)
      step()
      return new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)
    })
  }
  progress.stop()
}

async function readRecords(path: string, recordBytes: number, indexes: readonly number[]): Promise<Uint8Array[]> {
  const file = await open(path).catch((cause) => {
    throw new AppError("inputs/missing", `${path} is gone; run the experiment again`, { cause })
  })
  try {
    const records: Uint8Array[] = []
    for (const index of indexes) {
      const record = new Uint8Array(recordBytes)
      const { bytesRead } = await file.read(record, 0, recordBytes, index * recordBytes)
      if (bytesRead !== recordBytes) throw new AppError("inputs/missing", `${path} is cut off; delete it and run again`)
      records.push(record)
    }
    return records
  } finally {
    await file.close()
  }
}

async function readRegions(
  folder: string,
  contract: InputContract,
  indexes: readonly number[],
  key: string,
): Promise<GrayImage[]> {
  const { widthPx: width, heightPx: height } = regionSize(contract.region)
  const records = await readRecords(regionsPath(folder, contract, key), width * height, indexes)
  return records.map((pixels) => ({ width, height, pixels }))
}

/** The images of one set, ready for a model. */
export interface ImageInputs {
  readonly count: number
  /** Grey region of image `i`. */
  region(i: number): GrayImage
  /** Rows of image `i`: rowsPerImage × rowLength numbers. */
  rows(i: number): Float32Array
}

/** The prepared images with these indexes among the samples that were prepared, in memory. @param key of the source */
export async function openInputs(
  folder: string,
  contract: InputContract,
  indexes: readonly number[],
  key = "",
): Promise<ImageInputs> {
  const regions = await readRegions(folder, contract, indexes, key)
  const kept = keepsRows(contract)
    ? (await readRecords(rowsPath(folder, contract, key), rowsBytes(contract), indexes)).map(
        (record) => new Float32Array(record.buffer),
      )
    : undefined
  return {
    count: indexes.length,
    region: (i) => defined(regions[i]),
    rows: (i) => kept?.[i] ?? encodeRegion(defined(regions[i]), contract),
  }
}
