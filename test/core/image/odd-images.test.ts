/** Files that were read wrongly, made here; test/match/fingerprint/odd-files.test.ts has real ones. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodeBmp } from "@sourceprint/core/image/bmp.js"
import { decodeImage, toGray } from "@sourceprint/core/image/read-image.js"
import sharp, { type Sharp } from "sharp"

const width = 12
const height = 8
const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256)
const sharpGray = (): Sharp => sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace("b-w")

/** The image as each format writes it with a resolution tag. */
const tagged = {
  bmp: async (dpi: number) => encodeBmp({ width, height, pixels, dpi }),
  png: (dpi: number) => sharpGray().withMetadata({ density: dpi }).png().toBuffer(),
  jpeg: (dpi: number) => sharpGray().withMetadata({ density: dpi }).jpeg().toBuffer(),
  tiff: (dpi: number) =>
    sharpGray()
      .tiff({ xres: dpi / 25.4, yres: dpi / 25.4 })
      .toBuffer(),
}

for (const [format, encode] of Object.entries(tagged)) {
  test(`${format}: a tag that programs write by default is no resolution, one of a scanner is`, async () => {
    for (const dpi of [72, 96, 120, 144, 20_000]) {
      const { image, notes } = await decodeImage(await encode(dpi), `default.${format}`)
      assert.equal(image.dpi, undefined, `${dpi} dpi`)
      // sharp says 72 of a file without a tag too, so that of 72 nothing can be said
      if (dpi !== 72) assert.match(notes.join(), new RegExp(`its tag says ${dpi} dpi`))
    }
    for (const dpi of [250, 500, 508, 569, 1000]) {
      const { image, notes } = await decodeImage(await encode(dpi), `scanned.${format}`)
      assert.equal(image.dpi, dpi)
      assert.deepEqual(notes, [])
    }
  })
}

test("a picture that lies on its side is turned as its orientation tag says", async () => {
  for (const format of ["jpeg", "png", "tiff", "webp"] as const) {
    const lying = await sharpGray().rotate(270).withMetadata({ orientation: 6 })[format]({ quality: 100 }).toBuffer()
    const image = toGray(await decodeImage(lying, `lying.${format}`)) // sharp writes tagged files in colour
    assert.deepEqual([image.width, image.height], [width, height], format)
    if (format === "png") assert.deepEqual(image.pixels, pixels)
  }
})

test("floating-point samples from 0 to 1 are read right, other ranges are refused by name", async () => {
  const tiff = (scale: number): Buffer => floatTiff(Float32Array.from(pixels, (value) => (value / 255) * scale))
  const { image } = await decodeImage(tiff(1), "float.tif")
  assert.deepEqual(image.pixels, pixels)
  await assert.rejects(
    decodeImage(tiff(255), "float.tif"),
    (e) =>
      hasCode(e, "image/unreadable") &&
      /float\.tif: its floating-point samples are not all from 0 to 1/.test(e.message),
  )
})

/** Uncompressed little-endian TIFF of grey values, 32-bit floating point. Source: TIFF 6.0, sections 2 and 19. */
function floatTiff(values: Float32Array): Buffer {
  const tags: readonly (readonly [tag: number, type: 3 | 4, value: number])[] = [
    [256, 4, width],
    [257, 4, height],
    [258, 3, 32],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, 8],
    [277, 3, 1],
    [278, 4, height],
    [279, 4, values.byteLength],
    [339, 3, 3],
  ]
  const directory = Buffer.alloc(2 + tags.length * 12 + 4)
  directory.writeUInt16LE(tags.length, 0)
  for (const [i, [tag, type, value]] of tags.entries()) {
    directory.writeUInt16LE(tag, 2 + i * 12)
    directory.writeUInt16LE(type, 4 + i * 12)
    directory.writeUInt32LE(1, 6 + i * 12)
    directory.writeUInt32LE(value, 10 + i * 12)
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(8 + values.byteLength, 4)
  return Buffer.concat([header, Buffer.from(values.buffer, values.byteOffset, values.byteLength), directory])
}

test("10, 12 and 14 bits in 16 are not dark; whole 16 bits are as they were", async () => {
  for (const bits of [10, 12, 14, 16]) {
    const values = Uint16Array.from(pixels, (value) => Math.round((value * (2 ** bits - 1)) / 255))
    const png = await sharp(values, { raw: { width, height, channels: 1 } })
      .toColourspace("grey16")
      .png()
      .toBuffer()
    const { image, bitsPerSample, notes } = await decodeImage(png, "deep.png")
    assert.equal(bitsPerSample, bits)
    assert.deepEqual(image.pixels, pixels)
    if (bits < 16) assert.match(notes.join(), new RegExp(`read as ${bits} bits`))
    else assert.deepEqual(notes, [])
  }
})

test("of several pages the first is read, and that there are more is said", async () => {
  const both = Uint8Array.of(...pixels, ...pixels.map((value) => 255 - value))
  const pages = await sharp(both, { raw: { width, height: 2 * height, channels: 1, pageHeight: height } })
    .toColourspace("b-w")
    .tiff()
    .toBuffer()
  const { image, notes } = await decodeImage(pages, "pages.tif")
  assert.deepEqual([image.width, image.height], [width, height])
  assert.match(notes.join(), /it has 2 pages: the first is read/)
  const two = Uint8Array.of(...pgm("\n"), ...pgm("\n"))
  assert.match((await decodeImage(two, "two.pgm")).notes.join(), /several images: the first is read/)
})

const pgm = (lineEnd: string): Uint8Array =>
  Uint8Array.of(...utf8(["P5", `# by hand`, `${width} ${height}`, "255", ""].join(lineEnd)), ...pixels)

test("a PGM whose header lines end with CR LF, LF or CR gives the same pixels", async () => {
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    assert.deepEqual((await decodeImage(pgm(lineEnd), "a.pgm")).image.pixels, pixels, JSON.stringify(lineEnd))
  }
})
