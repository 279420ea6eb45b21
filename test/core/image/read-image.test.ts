import assert from "node:assert/strict"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { hasCode } from "@sourceprint/core/errors.js"
import { encodePng } from "@sourceprint/core/image/png.js"
import { decodeImage, readGrayImage } from "@sourceprint/core/image/read-image.js"
import { Rng } from "@sourceprint/core/rng.js"
import sharp from "sharp"
import { sharedData, withoutData } from "../../support/shared-data.js"

const rng = new Rng("images")
const gray = { width: 13, height: 9, pixels: Uint8Array.from({ length: 117 }, () => rng.below(256)) }

test("grey pixels come through PNG, TIFF and PGM unchanged", async () => {
  const raw = { raw: { width: 13, height: 9, channels: 1 as const } }
  const tiff = await sharp(gray.pixels, raw).toColourspace("b-w").tiff({ compression: "none" }).toBuffer()
  const header = new TextEncoder().encode(`P5\n${gray.width} ${gray.height}\n255\n`)
  const binaryPgm = Uint8Array.of(...header, ...gray.pixels)
  for (const bytes of [await encodePng(gray), tiff, binaryPgm]) {
    const decoded = await decodeImage(bytes, "test")
    assert.equal(decoded.channels, 1)
    assert.deepEqual(decoded.image.pixels, gray.pixels)
  }
})

test("colour PNG and PPM give colour, JPEG gives its geometry and resolution", async () => {
  const pixels = Uint8Array.from({ length: 12 }, () => rng.below(256))
  const png = await decodeImage(await encodePng({ width: 2, height: 2, pixels }), "a.png")
  assert.deepEqual(png.image.pixels, pixels)
  const ppm = await decodeImage(new Uint8Array([...utf8("P6 2 2 255\n"), ...pixels]), "a.ppm")
  assert.deepEqual(ppm.image.pixels, pixels)
  const raw = { raw: { width: 13, height: 9, channels: 1 as const } }
  const jpeg = await decodeImage(
    await sharp(gray.pixels, raw).toColourspace("b-w").withMetadata({ density: 500 }).jpeg().toBuffer(),
    "a.jpg",
  )
  assert.deepEqual([jpeg.image.width, jpeg.image.height, jpeg.image.dpi], [13, 9, 500])
})

test("16-bit samples are scaled to 8", async () => {
  const wide = new Uint8Array([...utf8("P5 2 1 65535\n"), 0xff, 0xff, 0x80, 0x00])
  const decoded = await decodeImage(wide, "wide.pgm")
  assert.equal(decoded.bitsPerSample, 16)
  assert.deepEqual([...decoded.image.pixels], [255, 128])
  const png = await sharp(Uint16Array.of(65535, 32896), { raw: { width: 2, height: 1, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer()
  const fromPng = await decodeImage(png, "wide.png")
  assert.deepEqual([...fromPng.image.pixels], [255, 128])
  assert.equal(fromPng.bitsPerSample, 16)
})

test("text PGM with comments", async () => {
  const decoded = await decodeImage(utf8("P2 # made by hand\n2 2\n# largest\n15\n0 5\n10 15\n"), "a.pgm")
  assert.deepEqual([...decoded.image.pixels], [0, 85, 170, 255])
})

test("hostile files are refused with the file's name and a reason", async () => {
  const png = await encodePng(gray)
  const huge = utf8("P5 30000 30000 255\n")
  const hugePng = Buffer.from(png)
  hugePng.writeUInt32BE(30000, 16)
  hugePng.writeUInt32BE(30000, 20)
  const cases: readonly [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /empty/],
    [utf8("hello, this is no image"), /not a BMP/],
    [huge, /30000 × 30000/],
    [hugePng, /cannot read bad/],
    [png.subarray(0, png.length - 30), /cannot read bad/],
    [utf8("P5 4 4 255\nab"), /promises 27 bytes/],
    [utf8("P5 4 four"), /height is missing/],
  ]
  for (const [bytes, reason] of cases) {
    await assert.rejects(
      decodeImage(bytes, "bad"),
      (e) => hasCode(e, "image/unreadable") && e.message.includes("bad") && reason.test(e.message),
    )
  }
  await assert.rejects(readGrayImage("/nowhere/x.bmp"), (e) => hasCode(e, "image/unreadable"))
})

test("every truncation of a JPEG and a TIFF is an error or a whole image, never a crash", async () => {
  const raw = { raw: { width: 13, height: 9, channels: 1 as const } }
  for (const bytes of [
    await sharp(gray.pixels, raw).jpeg().toBuffer(),
    await sharp(gray.pixels, raw).tiff().toBuffer(),
  ]) {
    for (let length = 0; length < bytes.length; length += 7) {
      await decodeImage(bytes.subarray(0, length), "cut").then(
        ({ image }) => assert.equal(image.width * image.height, 117),
        (e) => assert.ok(hasCode(e, "image/unreadable")),
      )
    }
  }
})

test("real images have the geometry of their database", { skip: withoutData("fvc2002") }, async () => {
  const image = await readGrayImage(join(sharedData("fvc2002/DB2_B") ?? "", "101_1.tif"))
  assert.deepEqual([image.width, image.height, image.dpi], [296, 560, undefined])
})

test("a colour file read as grey keeps grey pixels exactly", async () => {
  const folder = await mkdtemp(join(tmpdir(), "image-"))
  const rgb = new Uint8Array(gray.pixels.length * 3)
  gray.pixels.forEach((value, i) => {
    rgb.fill(value, i * 3, i * 3 + 3)
  })
  await writeFile(join(folder, "a.png"), await encodePng({ ...gray, pixels: rgb }))
  assert.deepEqual((await readGrayImage(join(folder, "a.png"))).pixels, gray.pixels)
})
