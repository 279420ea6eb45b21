import assert from "node:assert/strict"
import { test } from "node:test"
import { utf8 } from "@sourceprint/core/bytes.js"
import { sizeWords } from "@sourceprint/serve/web/files/file-words.js"
import { rasterHeader } from "@sourceprint/serve/web/files/raster-header.js"
import fc from "fast-check"
import sharp from "sharp"

const image = (widthPx: number, heightPx: number) =>
  sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: "#804020" } })

test("the four formats are known by their bytes, with their size", async () => {
  const files = await Promise.all([
    image(300, 200).png().toBuffer(),
    image(300, 200).jpeg().toBuffer(),
    image(300, 200).jpeg({ progressive: true }).withMetadata().toBuffer(),
    image(300, 200).gif().toBuffer(),
    image(300, 200).webp({ lossless: true }).toBuffer(),
    image(300, 200).webp({ quality: 50 }).toBuffer(),
    image(300, 200).ensureAlpha(0.5).webp({ quality: 50 }).toBuffer(),
  ])
  const types = ["png", "jpeg", "jpeg", "gif", "webp", "webp", "webp"]
  for (const [i, bytes] of files.entries()) {
    assert.deepEqual(rasterHeader(bytes), { type: `image/${types[i]}`, widthPx: 300, heightPx: 200 }, `${i}`)
    for (let n = 0; n < Math.min(200, bytes.length); n++) {
      const cut = rasterHeader(bytes.subarray(0, n))
      assert.ok(cut === undefined || (cut.widthPx === 300 && cut.heightPx === 200))
    }
  }
})

test("what runs or is unknown has no preview, whatever it is called", () => {
  for (const text of [
    "<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>",
    "<!doctype html><p>x</p>     ",
  ]) {
    assert.equal(rasterHeader(utf8(text)), undefined)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => rasterHeader(bytes) === undefined))
})

test("a bomb says its size before anything is unpacked", async () => {
  const small = await image(10, 10).png().toBuffer()
  const bomb = new Uint8Array(small)
  new DataView(bomb.buffer).setUint32(16, 60_000)
  new DataView(bomb.buffer).setUint32(20, 60_000)
  assert.deepEqual(rasterHeader(bomb), { type: "image/png", widthPx: 60_000, heightPx: 60_000 })
})

test("a size that decoders do not go by is not believed", async () => {
  const size = (widthPx: number, heightPx: number): number[] => [
    ...[8, heightPx >> 8, heightPx & 255, widthPx >> 8, widthPx & 255, 3],
    ...[1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
  ]
  const frame = (widthPx: number, heightPx: number): number[] => [0xff, 0xc0, 0, 17, ...size(widthPx, heightPx)]
  // A marker without a length, and a stuffed byte, before the frame that a decoder takes; a small frame further on,
  // where one who reads a length there comes to.
  for (const bare of [0x01, 0xd0, 0xd7, 0x00]) {
    const bytes = new Uint8Array(0xffc0 + 64)
    bytes.set([0xff, 0xd8, 0xff, bare, ...frame(30_000, 30_000)])
    bytes.set(frame(10, 10), 4 + 0xffc0)
    const header = rasterHeader(bytes)
    assert.ok(header === undefined || header.widthPx === 30_000, `${bare.toString(16)}: ${header?.widthPx}`)
  }
  // A GIF whose first image is larger than its screen.
  const gif = new Uint8Array(await image(300, 200).gif().toBuffer())
  const at = gif.findIndex((byte, i) => byte === 0x2c && i > 12 && gif[i + 5] === 44 && gif[i + 6] === 1)
  new DataView(gif.buffer, gif.byteOffset).setUint16(at + 5, 40_000, true)
  assert.deepEqual(rasterHeader(gif), { type: "image/gif", widthPx: 40_000, heightPx: 200 })
})

test("sizes in words", () => {
  const cases = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [12_400, "12 kB"],
    [999_499, "999 kB"],
    [999_600, "1.0 MB"],
    [314_572_800, "315 MB"],
    [2 ** 31, "2.1 GB"],
  ] as const
  for (const [bytes, words] of cases) assert.equal(sizeWords(bytes), words)
})
