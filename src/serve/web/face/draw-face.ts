import { DETECTION_WIDTH_PX } from "./face-request.js"
import { type Look, pointOf } from "./face-sight.js"

/** Draws what was found over the picture: the box of each face and its 68 points. The canvas is mirrored as the video
 *  is, by the stylesheet. */
export function drawFaces(canvas: HTMLCanvasElement, { faces }: Look, heightPx: number, colour: string): void {
  const context = canvas.getContext("2d")
  if (context === null) throw new TypeError("the browser draws no canvas")
  canvas.width = 2 * DETECTION_WIDTH_PX
  canvas.height = 2 * heightPx
  context.scale(2, 2)
  context.strokeStyle = colour
  context.fillStyle = colour
  context.lineWidth = 1.2
  for (const face of faces) {
    const { box, landmarks } = face
    context.beginPath()
    context.roundRect(box.x, box.y, box.width, box.height, 8)
    context.stroke()
    for (let i = 0; i < landmarks.length / 2; i++) {
      const { x, y } = pointOf(face, i)
      context.beginPath()
      context.arc(x, y, 0.9, 0, 2 * Math.PI)
      context.fill()
    }
  }
}
