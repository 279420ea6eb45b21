import { BlobImage } from "../ui/blob-image.js"
import { Steps } from "../ui/steps.js"
import type { TouchReport } from "./proof-scene.js"
import { SecondsLeft } from "./seconds-left.js"
import { touchSteps } from "./touch-steps.js"

/** What happens at the scanner, which `scanner` names as people do. The code is shown at both ends: who touches sees
 *  whose sign-in it is. */
export function TouchScene({ report, scanner }: { report: TouchReport; scanner: string }) {
  const { touch, image, capturing, untilMs } = report
  return (
    <div class="card touch">
      {touch !== undefined && image === undefined && (
        <p class="touch-code" role="status">
          Put your finger on <strong>{scanner}</strong> if it shows
          <span class="code-digits">{touch.code}</span>
        </p>
      )}
      {touch !== undefined && image === undefined && !capturing && (
        <p class="hint">
          <SecondsLeft untilMs={untilMs} /> left
        </p>
      )}
      {image !== undefined && (
        <figure class="print">
          <BlobImage
            bytes={image.image}
            type="image/bmp"
            alt={image.whole ? "The image of your finger" : "The outline of your finger"}
          />
        </figure>
      )}
      <Steps label="Progress of the touch" steps={touchSteps(report)} />
    </div>
  )
}
