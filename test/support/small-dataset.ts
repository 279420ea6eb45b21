import type { Sample } from "@sourceprint/core/dataset/sample.js"

/** A row with sensible defaults; `path` and `sha256` differ when the labels do. */
export function sampleOf(labels: Partial<Sample>): Sample {
  const { scanner = "a", subject = "p1", finger = "1", impression = 1 } = labels
  const path = labels.path ?? `${scanner}/${subject}_${finger}_${impression}.bmp`
  const sha256 = Array.from(path, (c) => c.charCodeAt(0).toString(16))
    .join("")
    .padEnd(64, "0")
    .slice(-64)
  return {
    path,
    sha256,
    scanner,
    scannerModel: "",
    subject,
    finger,
    impression,
    session: "",
    widthPx: 8,
    heightPx: 8,
    dpi: 500,
    bitDepth: 8,
    collection: "main",
    ...labels,
  }
}

/** Every scanner sees `impressions` of `fingers` fingers of each of `subjects` people. */
export function crossedSamples(size: {
  scanners: number
  subjects: number
  fingers: number
  impressions: number
  ownPeople?: boolean
}): Sample[] {
  const samples: Sample[] = []
  for (let s = 0; s < size.scanners; s++) {
    for (let p = 0; p < size.subjects; p++) {
      for (let f = 0; f < size.fingers; f++) {
        for (let i = 1; i <= size.impressions; i++) {
          const subject = size.ownPeople ? `s${s}p${p}` : `p${p}`
          samples.push(sampleOf({ scanner: `s${s}`, subject, finger: String(f), impression: i }))
        }
      }
    }
  }
  return samples
}
