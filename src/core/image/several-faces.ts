/** A face as a detector sees it, in pixels of the picture. */
export interface FaceBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** The detector's, 0 to 1. */
  readonly score: number
}

/** How a second face is looked for, by the server and by the page: face-api's tiny detector at these sizes. Set
 *  on 40 pairs of `faces_colour`, where every second head of at least 0.3 of the first's area had a box that scores
 *  0.33, and on single pictures of it, of `replay` and of ORL, none of which had a second box that scores 0.15. On
 *  other pairs and pictures `npm run prove -- faces` reports. */
export const severalFaces = {
  /** Sides of the network's input; without a border, which would make small heads smaller. */
  passesPx: [288, 416],
  /** The page does with the cheaper of them, so that it follows a moving head on slow machines; the server judges. */
  pagePassesPx: [288],
  minScore: 0.3,
  /** A second face of at least this share of the largest one's area counts at `minScore`; boxes are loose. */
  largeShare: 0.15,
  /** A smaller one counts where it is as clearly a face as this. */
  clearScore: 0.6,
  /** Boxes of which the smaller lies in the other by this share are of one face: a clear one, and one that is not, such
   *  as a part of a face in a tight portrait. */
  sameFace: { clear: 0.5, weak: 0.2 },
} as const

const areaOf = ({ width, height }: FaceBox): number => width * height

function isSameFace(a: FaceBox, b: FaceBox): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  const { clearScore, sameFace } = severalFaces
  const share = Math.min(a.score, b.score) >= clearScore ? sameFace.clear : sameFace.weak
  return width > 0 && height > 0 && width * height >= share * Math.min(areaOf(a), areaOf(b))
}

/** Whether boxes of all passes over one picture show more than one person. */
export function showSeveralFaces(boxes: readonly FaceBox[]): boolean {
  const { minScore, largeShare, clearScore } = severalFaces
  const faces: FaceBox[] = []
  for (const box of [...boxes].sort((a, b) => b.score - a.score)) {
    if (box.score >= minScore && !faces.some((face) => isSameFace(face, box))) faces.push(box)
  }
  const largest = Math.max(...faces.map(areaOf))
  const counted = faces.filter((face) => face.score >= clearScore || areaOf(face) >= largeShare * largest)
  return counted.length > 1
}
